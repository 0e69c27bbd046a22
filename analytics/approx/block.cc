// Formats whose values share an exponent in blocks: microscaling (MX), block fixed point, block logarithmic.
#include "analytics/approx/format_steps.h"
#include "analytics/approx/registry.h"
#include "analytics/approx/weight_matrix.h"

namespace roofscape::approx {
namespace {

constexpr std::string_view kNone = "fp32";

RangePlan plan_of(const Knobs& knobs, std::string_view knob) {
  return {.format = NumberFormat::parse(word(knobs, knob)).value()};
}

std::vector<KnobSpec> block_knobs() {
  const std::vector<std::string> named = {"fp32",   "mxfp8_e4m3", "mxfp8_e5m2", "mxfp6_e3m2", "mxfp6_e2m3", "mxfp4",
                                          "mxint8", "int6/32",    "int4/32",    "int3/16",    "log4/32"};
  std::vector<KnobSpec> knobs = {
      KnobSpec::format("weights",
                       "Format of the weights, in blocks along the inputs of a dot product; fp32 leaves them",
                       FormatFamily::kBlocks, named, "mxint8"),
      KnobSpec::format("activations", "Format of each input value, in blocks along the channels; fp32 leaves them",
                       FormatFamily::kBlocks, named, "mxint8"),
  };
  for (KnobSpec& knob : correction_knobs())
    if (knob.name != "statistics_correction") knobs.push_back(std::move(knob));  // there are no scales to correct
  return knobs;
}

class Block final : public FormatMethod {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "block",
        .version = 1,
        .stage = Stage::kFormat,
        .summary =
            "Weights and activations in blocks that share a power of two: MX, block fixed point, block minifloat.",
        .knobs = block_knobs(),
        .identity = {{"weights", std::string(kNone)}, {"activations", std::string(kNone)}},
    };
    return kInfo;
  }

 private:
  bool formats_weights(const Knobs& knobs) const override { return word(knobs, "weights") != kNone; }
  bool formats_inputs(const Knobs& knobs) const override { return word(knobs, "activations") != kNone; }
  WeightGrid weight_grid(const Layer& layer, const Knobs& knobs) const override {
    return {.range = plan_of(knobs, "weights"), .axis = reduction_axis(layer)};
  }
  RangePlan input_plan(const Knobs& knobs, bool) const override { return plan_of(knobs, "activations"); }
};

}  // namespace

const Method& block_method() {
  static const Block kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
