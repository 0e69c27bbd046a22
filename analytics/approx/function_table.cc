// Activation functions as hardware computes them: lines or looked-up values.
#include "analytics/approx/format_steps.h"
#include "analytics/approx/function_fit.h"
#include "analytics/approx/registry.h"

namespace roofscape::approx {
namespace {

using Kind = op::Activation::Kind;
constexpr int kFp32 = 32;

std::optional<FunctionForm> form_of(const Knobs& knobs) {
  const std::string& form = word(knobs, "form");
  if (form == "uniform-linear") return FunctionForm::kUniformLinear;
  if (form == "least-squares-linear") return FunctionForm::kLeastSquaresLinear;
  if (form == "table") return FunctionForm::kTable;
  if (form == "plan") return FunctionForm::kPlan;
  return std::nullopt;
}

// The largest input that was seen, for functions that have no end on the right; a Softmax never asks above 0.
double largest_input(const Draft& draft, const Layer& layer) {
  if (!layer.as<op::Activation>()) return 0;
  const ValueStatistics* input = draft.calibration.find(draft.network.layer(layer.inputs[0]).name);
  return input == nullptr ? 0 : static_cast<double>(input->max);
}

class FunctionTables final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "function_table",
        .version = 1,
        .stage = Stage::kFunction,
        .summary = "Sigmoid, tanh, exp, GELU and the like as a few lines or as a table of values.",
        .knobs =
            {
                KnobSpec::choice("form", "Lines through the function, best-fitting lines, values or PLAN's four lines",
                                 {"exact", "uniform-linear", "least-squares-linear", "table", "plan"},
                                 "least-squares-linear"),
                KnobSpec::integer("segments", "Lines or values between the asymptotes, of x >= 0 where symmetric", 2,
                                  256, 16),
                KnobSpec::choice("breakpoints",
                                 "Where lines meet: at even distances, or closer where the function bends more",
                                 {"uniform", "curvature"}, "uniform"),
                KnobSpec::integer("entry_bits", "Bits of each slope and intercept or value; 32 leaves them fp32", 4, 24,
                                  16)
                    .or_also(kFp32),
            },
        .identity = {{"form", std::string("exact")}},
    };
    return kInfo;
  }

  MaybeDecline applies(const Network& network, LayerId id) const override {
    const Layer& layer = network.layer(id);
    const std::vector<Kind> kinds = layer.functions();
    if (kinds.empty())
      return Decline{info().id, DeclineReason::kOperation,
                     operation_name(layer.operation) +
                         " computes no function that bends; use Sigmoid, Tanh, Gelu, Softmax, LSTM and the like"};
    if (!function_range(kinds[0]))
      return Decline{info().id, DeclineReason::kOperation,
                     operation_name(layer.operation) +
                         " needs no table: it is made of lines, or has no asymptote at which a table could end"};
    return {};
  }

  MaybeDecline accepts(const Network& network, LayerId id, const Knobs& knobs) const override {
    const std::vector<Kind> kinds = network.layer(id).functions();
    if (form_of(knobs) != FunctionForm::kPlan || kinds[0] == Kind::kSigmoid || kinds[0] == Kind::kTanh) return {};
    return Decline{info().id, DeclineReason::kOperation,
                   "form plan is for the sigmoid and tanh; " + operation_name(network.layer(id).operation) +
                       " needs another function"};
  }

  Effects effects(const Knobs& knobs) const override {
    return {.decides = form_of(knobs) ? Aspects(Aspect::kFunction) : Aspects(), .undoes = {}};
  }

  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    const std::optional<FunctionForm> form = form_of(knobs);
    if (!form) return draft;
    if (const MaybeDecline decline = accepts(draft.network, id, knobs))
      return failed_precondition("{}", decline->because);
    const FunctionFit fit{.form = *form,
                          .segments = whole_number(knobs, "segments"),
                          .by_curvature = word(knobs, "breakpoints") == "curvature",
                          .entry_bits = whole_number(knobs, "entry_bits")};
    return with_changed_layer(draft, id, [&](Layer& layer) -> Status {
      const auto* activation = layer.as<op::Activation>();
      layer.arithmetic.functions.clear();
      for (const Kind kind : layer.functions())
        layer.arithmetic.functions.push_back(std::make_shared<const FunctionTable>(
            fit_function(kind, activation ? activation->alpha : 0, fit, largest_input(draft, layer))));
      return {};
    });
  }
};

}  // namespace

const Method& function_table_method() {
  static const FunctionTables kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
