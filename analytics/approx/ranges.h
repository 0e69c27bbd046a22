// Which range of real numbers the codes, or elements, of a number format should span: all of it, the one of least
// squared error, or all but the outermost share. Ranges of weights come from the weights, of activations from streamed
// statistics.
//
//   RangePlan plan{.format = int4, .options = {.symmetric = true}, .rule = RangePlan::Rule::kMse};
//   RS_ASSIGN(Quantiser w, weight_quantiser(plan, {weight}, /*axis=*/0));      // a scale an output channel
//   RS_ASSIGN(Quantiser x, activation_quantiser(plan, *statistics));
#pragma once

#include <span>
#include <string_view>

#include "analytics/approx/knobs.h"
#include "analytics/arith/quantiser.h"
#include "analytics/base/status.h"
#include "analytics/network/statistics.h"
#include "analytics/network/tensor.h"

namespace roofscape::approx {

struct RangePlan {
  enum class Rule {
    kMinMax,
    // Of the ranges p·[min, max], p = 1.00, 0.99 … 0.21, the one with the least Σ (Q(x) − x)², searched coarse to fine.
    // Formats of more than 8 bits take all of the range: clipping never pays there.
    kMse,
    kPercentile,
  };
  NumberFormat format;
  RangeOptions options{};
  Rule rule = Rule::kMse;
  double percentile = 99.99;  // of the values that stay inside; kPercentile only
  bool unit_scale = false;    // scale 1, whatever the range: formats that need none (fp16)
};

// The knobs `ranges` and `percentile`, and what they say.
std::vector<KnobSpec> range_knobs();
RangePlan range_plan(const Knobs& knobs, NumberFormat format, RangeOptions options);

// One quantiser over tensors that share it (the two weights of a recurrent layer), per tensor or per index along
// `axis`; formats in blocks run along `axis`. Fails on values that are not finite.
Result<Quantiser> weight_quantiser(const RangePlan& plan, std::span<const TensorPtr> tensors, int axis);

// For a value of `shape` with these statistics; formats in blocks run along its channels (axis 0 of [C, H, W], else the
// last). Fails where they are empty or not finite.
Result<Quantiser> activation_quantiser(const RangePlan& plan, const ValueStatistics& statistics, const Shape& shape);

// Σ count·(Q(x) − x)² of a quantiser's channel 0: what kMse minimises.
double squared_error(const Quantiser& quantiser, std::span<const float> values, std::span<const float> counts);

}  // namespace roofscape::approx
