#include "analytics/approx/ranges.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "analytics/arith/quantise_fast.h"

namespace roofscape::approx {
namespace {

// The values to be quantised: each `counts` times, or once where `counts` is empty.
struct Sample {
  std::vector<float> values;
  std::vector<float> counts;
  float low = 0, high = 0;
};

constexpr int kMostBitsForMse = 8;

// Keeps the quantiser of least error among p·[low, high]; equal scales are tried once.
class Search {
 public:
  Search(const RangePlan& plan, const Sample& sample) : plan_(plan), sample_(sample) {}

  void try_percent(int percent) {
    const float share = static_cast<float>(percent) / 100.0F;
    Quantiser candidate = quantiser_for_range(plan_.format, sample_.low * share, sample_.high * share, plan_.options);
    if (tried_ && candidate == last_) return;
    const double error = squared_error(candidate, sample_.values, sample_.counts);
    // Of equal errors the widest range, which is tried first, stays.
    if (!tried_ || error < best_error_) {
      best_ = candidate;
      best_error_ = error;
      best_percent_ = percent;
    }
    last_ = std::move(candidate);
    tried_ = true;
  }
  int best_percent() const { return best_percent_; }
  Quantiser best() && { return std::move(best_); }

 private:
  const RangePlan& plan_;
  const Sample& sample_;
  bool tried_ = false;
  Quantiser best_, last_;
  double best_error_ = 0;
  int best_percent_ = 100;
};

Quantiser least_error_quantiser(const RangePlan& plan, const Sample& sample) {
  constexpr int kLeast = 21;
  constexpr int kStride = 5;
  Search search(plan, sample);
  for (int percent = 100; percent >= kLeast; percent -= kStride) search.try_percent(percent);
  const int centre = search.best_percent();
  for (int percent = std::min(centre + kStride - 1, 100); percent > std::max(centre - kStride, kLeast - 1); --percent) {
    if (percent != centre) search.try_percent(percent);
  }
  return std::move(search).best();
}

Result<Quantiser> quantiser_for_sample(const RangePlan& plan, const Sample& sample) {
  if (!std::isfinite(sample.low) || !std::isfinite(sample.high)) {
    return failed_precondition("the values range from {} to {}; only finite ones can be quantised", sample.low,
                               sample.high);
  }
  if (plan.rule == RangePlan::Rule::kMse && plan.format.bits() <= kMostBitsForMse) {
    return least_error_quantiser(plan, sample);
  }
  return quantiser_for_range(plan.format, sample.low, sample.high, plan.options);
}

// Smallest and largest; not finite as soon as one value is not.
void find_limits(Sample& sample) {
  float low = 0;
  float high = 0;
  float poison = 0;
  for (const float value : sample.values) {
    low = std::min(low, value);
    high = std::max(high, value);
    poison += value * 0.0F;  // NaN once a value is NaN or infinite
  }
  sample.low = low + poison;
  sample.high = high + poison;
}

// The values at the outermost shares: each end of an affine range, the magnitude of a symmetric one.
void clip_to_percentile(Sample& sample, const RangePlan& plan) {
  if (sample.values.empty() || !std::isfinite(sample.low) || !std::isfinite(sample.high)) return;
  const double outside = 1 - plan.percentile / 100;
  std::vector<float> sorted = sample.values;
  if (plan.options.symmetric) {
    for (float& value : sorted) value = std::abs(value);
  }
  std::sort(sorted.begin(), sorted.end());
  const auto skipped = static_cast<std::size_t>(outside * static_cast<double>(sorted.size()));
  const float high = sorted[sorted.size() - 1 - std::min(skipped, sorted.size() - 1)];
  const float low = plan.options.symmetric ? -high : sorted[std::min(skipped, sorted.size() - 1)];
  sample.low = std::max(sample.low, std::min(low, 0.0F));
  sample.high = std::min(sample.high, std::max(high, 0.0F));
}

std::size_t stride_of(const Shape& shape, int axis) {
  std::size_t stride = 1;
  for (std::size_t i = static_cast<std::size_t>(axis) + 1; i < shape.size(); ++i) {
    stride *= static_cast<std::size_t>(shape[i]);
  }
  return stride;
}

// Appends the values whose index along `axis` is `channel`.
void append_channel(const Tensor& tensor, int axis, std::size_t channel, std::vector<float>& values) {
  const std::size_t stride = stride_of(tensor.shape(), axis);
  const std::size_t block = stride * static_cast<std::size_t>(tensor.shape()[static_cast<std::size_t>(axis)]);
  const std::span<const float> all = tensor.values();
  for (std::size_t first = channel * stride; first < all.size(); first += block) {
    const std::span<const float> run = all.subspan(first, stride);
    values.insert(values.end(), run.begin(), run.end());
  }
}

Sample histogram_sample(const ValueStatistics& statistics) {
  Sample sample;
  const Histogram& histogram = statistics.histogram;
  const std::vector<std::uint64_t>& bins = histogram.bins();
  for (int bin = 0; bin < static_cast<int>(bins.size()); ++bin) {
    const std::uint64_t count = bins[static_cast<std::size_t>(bin)];
    if (count == 0) continue;
    // Most values of the bin that starts at 0 are exact zeros, which every quantiser represents.
    const double value = bin == Histogram::kBins / 2 ? 0 : histogram.centre(bin);
    sample.values.push_back(static_cast<float>(value));
    sample.counts.push_back(static_cast<float>(count));
  }
  sample.low = statistics.min;
  sample.high = statistics.max;
  return sample;
}

// Any format: by quantising.
double element_error(const Quantiser& quantiser, std::span<const float> values, std::span<const float> counts) {
  std::vector<float> rounded(values.size());
  fake_quantise(values, quantiser, 0, rounded);
  double total = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double error = static_cast<double>(rounded[i]) - static_cast<double>(values[i]);
    total += error * error * (counts.empty() ? 1.0 : static_cast<double>(counts[i]));
  }
  return total;
}

}  // namespace

std::vector<KnobSpec> range_knobs() {
  return {
      KnobSpec::choice("ranges", "How the range that the codes span is found", {"min-max", "mse", "percentile"}, "mse"),
      KnobSpec::real("percentile", "Per cent of values that stay inside the range; for ranges: percentile", 90, 100,
                     99.99)};
}

RangePlan range_plan(const Knobs& knobs, NumberFormat format, RangeOptions options) {
  const std::string& rule = word(knobs, "ranges");
  return {.format = format,
          .options = options,
          .rule = rule == "min-max" ? RangePlan::Rule::kMinMax
                  : rule == "mse"   ? RangePlan::Rule::kMse
                                    : RangePlan::Rule::kPercentile,
          .percentile = number(knobs, "percentile")};
}

double squared_error(const Quantiser& quantiser, std::span<const float> values, std::span<const float> counts) {
  if (!quantiser.has_codes()) return element_error(quantiser, values, counts);
  const float zero = static_cast<float>(quantiser.zero_point[0]);
  const float low = static_cast<float>(quantiser.format.lowest()) - zero;
  const float high = static_cast<float>(quantiser.format.highest()) - zero;
  const float steps_per_unit = 1.0F / quantiser.scale[0];
  // Lanes that the compiler may compute side by side, added in a fixed order: the same sum on every machine.
  constexpr std::size_t kLanes = 8;
  std::array<double, kLanes> sums{};
  std::array<float, kLanes> errors{};
  const auto error_of = [&](std::size_t i) {
    constexpr float kRounder = 12582912.0F;  // adding and subtracting 1.5·2^23 rounds to the nearest whole number
    const float steps = values[i] * steps_per_unit;
    const float clipped = std::min(std::max(steps, low), high);
    const float error = steps - ((clipped + kRounder) - kRounder);
    return error * error * (counts.empty() ? 1.0F : counts[i]);
  };
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) errors[lane] = error_of(i + lane);
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += errors[lane];
  }
  double total = 0;
  for (; i < values.size(); ++i) total += error_of(i);
  for (const double sum : sums) total += sum;
  return total * quantiser.scale[0] * quantiser.scale[0];
}

Result<Quantiser> weight_quantiser(const RangePlan& plan, std::span<const TensorPtr> tensors, int axis) {
  if (plan.format.block() != 0) return Quantiser{.format = plan.format, .axis = axis};
  if (plan.unit_scale) return Quantiser{.format = plan.format};
  const bool per_channel = axis != Quantiser::kPerTensor;
  const std::size_t channels =
      per_channel ? static_cast<std::size_t>(tensors[0]->shape()[static_cast<std::size_t>(axis)]) : 1;
  Quantiser result{plan.format, {}, {}, axis};
  for (std::size_t channel = 0; channel < channels; ++channel) {
    Sample sample;
    for (const TensorPtr& tensor : tensors) {
      if (per_channel) {
        append_channel(*tensor, axis, channel, sample.values);
      } else {
        sample.values.insert(sample.values.end(), tensor->values().begin(), tensor->values().end());
      }
    }
    find_limits(sample);
    if (plan.rule == RangePlan::Rule::kPercentile) clip_to_percentile(sample, plan);
    RS_ASSIGN(const Quantiser one, quantiser_for_sample(plan, sample));
    result.scale.push_back(one.scale[0]);
    result.zero_point.push_back(one.zero_point[0]);
  }
  return result;
}

Result<Quantiser> activation_quantiser(const RangePlan& plan, const ValueStatistics& statistics, const Shape& shape) {
  if (plan.format.block() != 0) {
    return Quantiser{.format = plan.format, .axis = static_cast<int>(channel_axis(shape))};
  }
  if (plan.unit_scale) return Quantiser{.format = plan.format};
  if (statistics.histogram.total() == 0)
    return failed_precondition("its statistics are empty; calibrate on images first");
  if (plan.rule == RangePlan::Rule::kMse && plan.format.bits() <= kMostBitsForMse) {
    return quantiser_for_sample(plan, histogram_sample(statistics));
  }
  Sample sample{{}, {}, std::min(statistics.min, 0.0F), std::max(statistics.max, 0.0F)};
  if (plan.rule == RangePlan::Rule::kPercentile) {
    const double share = plan.percentile / 100;
    sample.high = std::min(sample.high, std::max(static_cast<float>(statistics.histogram.quantile(share)), 0.0F));
    sample.low = std::max(sample.low, std::min(static_cast<float>(statistics.histogram.quantile(1 - share)), 0.0F));
  }
  return quantiser_for_sample(plan, sample);
}

}  // namespace roofscape::approx
