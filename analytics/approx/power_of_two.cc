// Logarithmic numbers: a sign and an exponent, so that a multiplication is a shift.
#include "analytics/approx/format_steps.h"
#include "analytics/approx/registry.h"

namespace roofscape::approx {
namespace {

constexpr int kFp32 = 32;

RangePlan plan_of(const Knobs& knobs, std::string_view knob, bool never_negative) {
  const auto base = word(knobs, "base") == "2" ? NumberFormat::Base::kTwo : NumberFormat::Base::kRootTwo;
  const int bits = whole_number(knobs, knob) + (never_negative ? 0 : 1);
  const NumberFormat format =
      NumberFormat::logarithmic(bits, base, never_negative ? Signedness::kUnsigned : Signedness::kSigned);
  return range_plan(knobs, format, {.power_of_two = word(knobs, "scales") == "power-of-two"});
}

std::vector<KnobSpec> power_knobs() {
  return joined(
      joined(
          {
              KnobSpec::integer("weight_exponent_bits",
                                "Exponent bits of each weight, beside its sign; 32 leaves them fp32", 1, 7, 3)
                  .or_also(kFp32),
              KnobSpec::integer(
                  "activation_exponent_bits",
                  "Exponent bits of each input value, beside a sign where values are negative; 32 leaves them fp32", 1,
                  7, kFp32)
                  .or_also(kFp32),
              KnobSpec::choice("base", "Neighbouring powers are a factor 2 or √2 apart", {"2", "sqrt2"}, "2"),
              granularity_knob("channel"),
              KnobSpec::choice("scales", "Any scale, or powers of two (then every product is a shift)",
                               {"free", "power-of-two"}, "free"),
          },
          range_knobs()),
      correction_knobs());
}

class PowerOfTwo final : public FormatMethod {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "power_of_two",
        .version = 1,
        .stage = Stage::kFormat,
        .summary = "Weights, or weights and activations, as powers of 2 or √2: multiplications become shifts.",
        .knobs = power_knobs(),
        .identity = {{"weight_exponent_bits", static_cast<double>(kFp32)},
                     {"activation_exponent_bits", static_cast<double>(kFp32)}},
    };
    return kInfo;
  }

 private:
  bool formats_weights(const Knobs& knobs) const override {
    return whole_number(knobs, "weight_exponent_bits") != kFp32;
  }
  bool formats_inputs(const Knobs& knobs) const override {
    return whole_number(knobs, "activation_exponent_bits") != kFp32;
  }
  WeightGrid weight_grid(const Layer& layer, const Knobs& knobs) const override {
    return {.range = plan_of(knobs, "weight_exponent_bits", false), .axis = scale_axis(layer, knobs)};
  }
  RangePlan input_plan(const Knobs& knobs, bool never_negative) const override {
    return plan_of(knobs, "activation_exponent_bits", never_negative);
  }
};

}  // namespace

const Method& power_of_two_method() {
  static const PowerOfTwo kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
