// Small floating-point numbers: fp16, bf16, 8, 6 and 4 bits, or any split into exponent and mantissa.
#include "analytics/approx/format_steps.h"
#include "analytics/approx/registry.h"

namespace roofscape::approx {
namespace {

constexpr std::string_view kNone = "fp32";

RangePlan plan_of(const Knobs& knobs, std::string_view knob) {
  const std::string& scales = word(knobs, "scales");
  RangePlan plan =
      range_plan(knobs, NumberFormat::parse(word(knobs, knob)).value(), {.power_of_two = scales == "power-of-two"});
  plan.unit_scale = scales == "none";
  return plan;
}

std::vector<KnobSpec> minifloat_knobs() {
  const std::vector<std::string> named = {"fp32",     "fp16",     "bf16",     "fp8_e4m3",
                                          "fp8_e5m2", "fp6_e3m2", "fp6_e2m3", "fp4"};
  return joined(joined(
                    {
                        KnobSpec::format("weights", "Format of the weights; fp32 leaves them", FormatFamily::kFloats,
                                         named, "fp8_e4m3"),
                        KnobSpec::format("activations", "Format of each input value; fp32 leaves them",
                                         FormatFamily::kFloats, named, "fp8_e4m3"),
                        granularity_knob("tensor"),
                        KnobSpec::choice("scales", "No scale, any, or powers of two (a shift of the exponent bias)",
                                         {"none", "free", "power-of-two"}, "free"),
                    },
                    range_knobs()),
                correction_knobs());
}

class Minifloat final : public FormatMethod {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "minifloat",
        .version = 1,
        .stage = Stage::kFormat,
        .summary = "Weights and activations as small floating-point numbers, from 16 bits down to 3.",
        .knobs = minifloat_knobs(),
        .identity = {{"weights", std::string(kNone)}, {"activations", std::string(kNone)}},
    };
    return kInfo;
  }

 private:
  bool formats_weights(const Knobs& knobs) const override { return word(knobs, "weights") != kNone; }
  bool formats_inputs(const Knobs& knobs) const override { return word(knobs, "activations") != kNone; }
  WeightGrid weight_grid(const Layer& layer, const Knobs& knobs) const override {
    return {.range = plan_of(knobs, "weights"), .axis = scale_axis(layer, knobs)};
  }
  RangePlan input_plan(const Knobs& knobs, bool) const override { return plan_of(knobs, "activations"); }
};

}  // namespace

const Method& minifloat_method() {
  static const Minifloat kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
