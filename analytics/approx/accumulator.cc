// Integer sums in a register of few bits, which wraps or saturates where a sum does not fit.
#include "analytics/approx/format_steps.h"
#include "analytics/approx/registry.h"
#include "analytics/base/text.h"
#include "analytics/network/integer_layer.h"

namespace roofscape::approx {
namespace {

std::string format_name(const QuantiserPtr& quantiser) { return quantiser ? quantiser->format.name() : "fp32"; }

// What the layer multiplies, for a message: "weights fp32, inputs uint8".
std::string operand_names(const Layer& layer) {
  if (layer.as<op::MatMul>())
    return fmt::format("inputs {} and {}", format_name(layer.arithmetic.input(0)),
                       format_name(layer.arithmetic.input(1)));
  return fmt::format("weights {}, inputs {}", format_name(layer.arithmetic.weight),
                     format_name(layer.arithmetic.input(0)));
}

class AccumulatorWidth final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "accumulator",
        .version = 1,
        .stage = Stage::kFunction,
        .summary = "Products of integers are summed in few bits, which wrap or saturate.",
        .knobs = {KnobSpec::integer("bits", "Bits of the register in which products are added up",
                                    Accumulator::kFewestBits, Accumulator::kMostBits, 16),
                  KnobSpec::choice("overflow", "What becomes of a sum that does not fit", {"wrap", "saturate"},
                                   "wrap")},
        .needs_integers = true,
    };
    return kInfo;
  }

  MaybeDecline applies(const Network& network, LayerId id) const override {
    const Layer& layer = network.layer(id);
    if (layer.as<op::Conv>() || layer.as<op::ConvTranspose>() || layer.as<op::Dense>() || layer.as<op::MatMul>())
      return {};
    return Decline{
        info().id, DeclineReason::kOperation,
        operation_name(layer.operation) + " adds up no integer products; take Conv, ConvTranspose, Gemm or MatMul"};
  }

  Effects effects(const Knobs&) const override { return {.decides = Aspect::kAccumulator, .undoes = {}}; }

  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    const Layer& layer = draft.network.layer(id);
    if (!is_integer_layer(layer))
      return failed_precondition(
          "an accumulator adds integers, but the layer multiplies {}; give both integer formats, inputs with one scale "
          "and weights with one or one an output channel, such as with the method integer",
          operand_names(layer));
    return with_changed_layer(draft, id, [&](Layer& changed) -> Status {
      changed.arithmetic.accumulator = Accumulator{
          .bits = whole_number(knobs, "bits"),
          .overflow =
              word(knobs, "overflow") == "saturate" ? Accumulator::Overflow::kSaturate : Accumulator::Overflow::kWrap,
      };
      return {};
    });
  }
};

}  // namespace

const Method& accumulator_method() {
  static const AccumulatorWidth kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
