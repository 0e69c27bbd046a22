// What all methods that give a layer number formats have in common: a grid for its weights and grids for its inputs.
//
//   RS_TRY(put_weights_on_grid(draft, layer, {.range = plan, .axis = output_axis(layer)}));
//   RS_TRY(quantise_inputs(draft, layer, [&](bool never_negative) { return plan_for(never_negative); }));
//
// A method that does just this derives from FormatMethod and says which formats.
#pragma once

#include <functional>

#include "analytics/approx/method.h"
#include "analytics/approx/ranges.h"
#include "analytics/approx/weight_rounding.h"

namespace roofscape::approx {

// Declines for `method` where a layer has nothing to give a format to.
MaybeDecline declines_formats(std::string_view method, const Network& network, LayerId layer);
// The same for methods that change weights alone.
MaybeDecline declines_weights(std::string_view method, const Network& network, LayerId layer);

struct WeightGrid {
  RangePlan range{};
  int axis = Quantiser::kPerTensor;  // of scales, or along which blocks run
  WeightRounding rounding = WeightRounding::kNearest;
  bool bias_correction = true;
  bool statistics_correction = false;
};
// The knobs `rounding`, `bias_correction` and `statistics_correction`.
std::vector<KnobSpec> correction_knobs();

// Weights on the grid, the corrections applied; the layer's storage is chosen anew where it was not dense.
Status put_weights_on_grid(const Draft& draft, Layer& layer, const WeightGrid& grid);
// The same with the quantiser given.
Status put_weights_on(const Draft& draft, Layer& layer, Quantiser quantiser, const WeightGrid& grid);
// The corrections alone: `layer` holds changed weights, `original` those of constant 0 before.
Status correct_weights(const Draft& draft, Layer& layer, const TensorPtr& original, const WeightGrid& grid);

// A quantiser for each input of the layer, from the statistics of what it reads.
using InputPlan = std::function<RangePlan(bool never_negative)>;
Status quantise_inputs(const Draft& draft, Layer& layer, const InputPlan& plan);

// A method that gives weights, inputs or both a number format, and does nothing else. Knobs: its own, `granularity`
// where it has one, and correction_knobs(). Its identity is one knob for the weights and one for the inputs.
class FormatMethod : public Method {
 public:
  MaybeDecline applies(const Network& network, LayerId layer) const override;
  MaybeDecline accepts(const Network& network, LayerId layer, const Knobs& knobs) const override;
  bool needs_moments(const Knobs& knobs) const override;
  Effects effects(const Knobs& knobs) const override;
  Result<Draft> apply(const Draft& draft, LayerId layer, const Knobs& knobs, std::uint64_t seed) const override;
  // The weights, then the inputs.
  std::vector<Knobs> separated(const Knobs& knobs) const override;

 protected:
  // Whether these knobs give the weights, or the inputs, a format at all.
  virtual bool formats_weights(const Knobs& knobs) const = 0;
  virtual bool formats_inputs(const Knobs& knobs) const = 0;
  // Range and axis; the corrections are filled in by apply.
  virtual WeightGrid weight_grid(const Layer& layer, const Knobs& knobs) const = 0;
  virtual RangePlan input_plan(const Knobs& knobs, bool never_negative) const = 0;
};

// The knob `granularity`, and the axis of scales that it means.
KnobSpec granularity_knob(std::string fallback);
int scale_axis(const Layer& layer, const Knobs& knobs);
// `first` and then `more`.
std::vector<KnobSpec> joined(std::vector<KnobSpec> first, std::vector<KnobSpec> more);

// The draft with one layer changed by `change`.
Result<Draft> with_changed_layer(const Draft& draft, LayerId id, const std::function<Status(Layer&)>& change);

}  // namespace roofscape::approx
