// Integer quantisation: weights and activations on grids of 2 to 16 bits.
#include "analytics/approx/format_steps.h"
#include "analytics/approx/registry.h"

namespace roofscape::approx {
namespace {

constexpr int kFp32 = 32;

RangeOptions range_options(const Knobs& knobs, bool symmetric) {
  return {.symmetric = symmetric, .power_of_two = word(knobs, "scales") == "power-of-two"};
}

std::vector<KnobSpec> integer_knobs() {
  return joined(
      joined(
          {
              KnobSpec::integer("weight_bits", "Bits of each weight; 32 leaves the weights fp32", 2, 16, 8)
                  .or_also(kFp32),
              KnobSpec::integer("activation_bits", "Bits of each input value; 32 leaves the inputs fp32", 2, 16, 8)
                  .or_also(kFp32),
              granularity_knob("channel"),
              KnobSpec::choice("weight_scheme", "Whether the weights' zero point is fixed at 0",
                               {"symmetric", "affine"}, "symmetric"),
              KnobSpec::choice(
                  "activation_scheme",
                  "symmetric: zero point 0, unsigned where no value is negative; affine: unsigned with a free "
                  "zero point",
                  {"symmetric", "affine"}, "symmetric"),
              KnobSpec::choice("scales", "Any scale, or powers of two (fixed point: scaling is a shift)",
                               {"free", "power-of-two"}, "free"),
          },
          range_knobs()),
      correction_knobs());
}

class Integer final : public FormatMethod {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "integer",
        .version = 2,
        .stage = Stage::kFormat,
        .summary = "Weights and activations as integers of 2 to 16 bits with a scale a tensor or channel.",
        .knobs = integer_knobs(),
        .identity = {{"weight_bits", static_cast<double>(kFp32)}, {"activation_bits", static_cast<double>(kFp32)}},
    };
    return kInfo;
  }

 private:
  bool formats_weights(const Knobs& knobs) const override { return whole_number(knobs, "weight_bits") != kFp32; }
  bool formats_inputs(const Knobs& knobs) const override { return whole_number(knobs, "activation_bits") != kFp32; }
  WeightGrid weight_grid(const Layer& layer, const Knobs& knobs) const override {
    const NumberFormat format = NumberFormat::integer(whole_number(knobs, "weight_bits"), Signedness::kSigned);
    const RangeOptions options = range_options(knobs, word(knobs, "weight_scheme") == "symmetric");
    return {.range = range_plan(knobs, format, options), .axis = scale_axis(layer, knobs)};
  }
  RangePlan input_plan(const Knobs& knobs, bool never_negative) const override {
    const bool symmetric = word(knobs, "activation_scheme") == "symmetric";
    const Signedness sign = !symmetric || never_negative ? Signedness::kUnsigned : Signedness::kSigned;
    return range_plan(knobs, NumberFormat::integer(whole_number(knobs, "activation_bits"), sign),
                      range_options(knobs, symmetric));
  }
};

}  // namespace

const Method& integer_method() {
  static const Integer kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
