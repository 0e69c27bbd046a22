// Integer quantisation: weights and activations on grids of 2 to 16 bits.
#include "analytics/approx/format_steps.h"
#include "analytics/approx/registry.h"
#include "analytics/approx/weight_matrix.h"

namespace roofscape::approx {
namespace {

constexpr int kFp32 = 32;

RangeOptions range_options(const Knobs& knobs, bool symmetric) {
  return {.symmetric = symmetric, .power_of_two = word(knobs, "scales") == "power-of-two"};
}

WeightGrid weight_grid(const Layer& layer, const Knobs& knobs) {
  const NumberFormat format = NumberFormat::integer(whole_number(knobs, "weight_bits"), Signedness::kSigned);
  WeightGrid grid;
  grid.range = range_plan(knobs, format, range_options(knobs, word(knobs, "weight_scheme") == "symmetric"));
  grid.axis = word(knobs, "granularity") == "channel" ? output_axis(layer) : Quantiser::kPerTensor;
  read_corrections(knobs, grid);
  return grid;
}

RangePlan input_plan(const Knobs& knobs, bool never_negative) {
  const bool symmetric = word(knobs, "activation_scheme") == "symmetric";
  const Signedness sign = !symmetric || never_negative ? Signedness::kUnsigned : Signedness::kSigned;
  return range_plan(knobs, NumberFormat::integer(whole_number(knobs, "activation_bits"), sign),
                    range_options(knobs, symmetric));
}

bool has_weight_format(const Knobs& knobs) { return whole_number(knobs, "weight_bits") != kFp32; }
bool has_input_format(const Knobs& knobs) { return whole_number(knobs, "activation_bits") != kFp32; }

std::vector<KnobSpec> integer_knobs() {
  std::vector<KnobSpec> knobs = {
      KnobSpec::integer("weight_bits", "Bits of each weight; 32 leaves the weights fp32", 2, 16, 8).or_also(kFp32),
      KnobSpec::integer("activation_bits", "Bits of each input value; 32 leaves the inputs fp32", 2, 16, 8)
          .or_also(kFp32),
      KnobSpec::choice("granularity", "Whether each output channel's weights have a scale of their own",
                       {"tensor", "channel"}, "channel"),
      KnobSpec::choice("weight_scheme", "Whether the weights' zero point is fixed at 0", {"symmetric", "affine"},
                       "symmetric"),
      KnobSpec::choice("activation_scheme",
                       "symmetric: zero point 0, unsigned where no value is negative; affine: unsigned with a free "
                       "zero point",
                       {"symmetric", "affine"}, "symmetric"),
      KnobSpec::choice("scales", "Any scale, or powers of two (fixed point: scaling is a shift)",
                       {"free", "power-of-two"}, "free"),
  };
  for (KnobSpec& knob : range_knobs()) knobs.push_back(std::move(knob));
  for (KnobSpec& knob : correction_knobs()) knobs.push_back(std::move(knob));
  return knobs;
}

class Integer final : public Method {
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

  MaybeDecline applies(const Network& network, LayerId id) const override {
    return declines_formats(info().id, network, id);
  }

  MaybeDecline accepts(const Network& network, LayerId id, const Knobs& knobs) const override {
    if (!needs_moments(knobs) || !network.layer(id).has_weight()) return {};
    return declines_moments(info().id, network.layer(id));
  }

  bool needs_moments(const Knobs& knobs) const override {
    return has_weight_format(knobs) && corrections_need_moments(knobs);
  }

  Effects effects(const Knobs& knobs) const override {
    Effects effects;
    if (has_input_format(knobs)) effects.decides |= Aspect::kInputFormat;
    if (!has_weight_format(knobs)) return effects;
    effects.decides |= Aspect::kWeightFormat;
    // Equal weights of different channels, or with different neighbours, get different codes.
    if (word(knobs, "granularity") == "channel" || rounding_of(knobs) != WeightRounding::kNearest)
      effects.undoes |= Aspect::kTies;
    return effects;
  }

  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    const bool weights = has_weight_format(knobs) && draft.network.layer(id).has_weight();
    const bool inputs = has_input_format(knobs);
    if (!weights && !inputs) return draft;
    return with_changed_layer(draft, id, [&](Layer& layer) -> Status {
      if (inputs) RS_TRY(quantise_inputs(draft, layer, [&](bool positive) { return input_plan(knobs, positive); }));
      return weights ? put_weights_on_grid(draft, layer, weight_grid(layer, knobs)) : Status();
    });
  }
};

}  // namespace

const Method& integer_method() {
  static const Integer kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
