#include "analytics/network/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytics/base/status.h"

namespace roofscape {
namespace {

constexpr int kHalf = Histogram::kBins / 2;
// Narrower histograms would need bins below what a float can scale exactly.
constexpr double kStart = 0x1p-100;

// The smallest power of two, kStart at least, that is larger than `magnitude`.
double range_for(double magnitude) { return magnitude < kStart ? kStart : std::ldexp(1.0, std::ilogb(magnitude) + 1); }

}  // namespace

void Histogram::widen_to(double magnitude) {
  const double wanted = range_for(magnitude);
  if (range_ == 0) {
    bins_.assign(kBins, 0);
    bins_[kHalf] = total_;  // the zeros seen so far
    range_ = wanted;
    return;
  }
  // Bins are halves of twice as wide ones, so that widening now or counting into wide bins later is the same.
  for (; range_ < wanted; range_ *= 2) {
    std::vector<std::uint64_t> wider(kBins, 0);
    for (int bin = 0; bin < kBins; ++bin) {
      wider[static_cast<std::size_t>((bin + kHalf) / 2)] += bins_[static_cast<std::size_t>(bin)];
    }
    bins_ = std::move(wider);
  }
}

void Histogram::add(std::span<const float> values) {
  count(values, [](std::size_t) { return std::uint64_t{1}; });
}

void Histogram::add(std::span<const float> values, std::span<const std::uint64_t> times) {
  RS_CHECK(values.size() == times.size());
  count(values, [&](std::size_t i) { return times[i]; });
}

// `times(i)`: how often values[i] is counted.
template <typename Times>
void Histogram::count(std::span<const float> values, const Times& times) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  float magnitude = 0;
  std::uint64_t zeros = 0;
  std::uint64_t numbers = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float value = values[i];
    zeros += value == 0 ? times(i) : 0;
    numbers += value == value ? times(i) : 0;  // NaN is counted nowhere
    magnitude = std::max(magnitude, std::abs(value));
  }
  if (magnitude > 0) {
    magnitude = std::min(magnitude, kLargest);
    if (range_ == 0 || magnitude >= range_) widen_to(magnitude);
  }
  total_ += numbers;
  if (range_ == 0) return;
  bins_[kHalf] += zeros;
  if (magnitude == 0) return;
  const double bins_per_unit = kHalf / range_;  // a power of two: the product below is exact
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float value = values[i];
    if (value == 0 || value != value) continue;
    const double position = std::clamp(value, -kLargest, kLargest) * bins_per_unit;
    const auto towards_zero = static_cast<int>(position);
    bins_[static_cast<std::size_t>(towards_zero - (position < towards_zero ? 1 : 0) + kHalf)] += times(i);
  }
}

void Histogram::merge(const Histogram& other) {
  if (other.range_ == 0) {
    total_ += other.total_;
    if (range_ != 0) bins_[kHalf] += other.total_;
    return;
  }
  Histogram addend = other;
  if (range_ == 0 || range_ < other.range_) widen_to(other.range_ / 2);
  if (addend.range_ < range_) addend.widen_to(range_ / 2);
  total_ += addend.total_;
  for (std::size_t bin = 0; bin < bins_.size(); ++bin) bins_[bin] += addend.bins_[bin];
}

double Histogram::centre(int bin) const { return (bin - kHalf + 0.5) * range_ / kHalf; }

double Histogram::quantile(double quantile) const { return quantiles({&quantile, 1})[0]; }

std::vector<double> Histogram::quantiles(std::span<const double> ascending) const {
  std::vector<double> result(ascending.size(), range_);
  if (range_ == 0 || total_ == 0) return std::vector<double>(ascending.size(), 0.0);
  std::size_t next = 0;
  std::uint64_t below = 0;
  for (int bin = 0; bin < kBins && next < ascending.size(); ++bin) {
    const std::uint64_t here = bins_[static_cast<std::size_t>(bin)];
    below += here;
    if (here == 0) continue;
    for (; next < ascending.size(); ++next) {
      const double wanted = std::clamp(ascending[next], 0.0, 1.0) * static_cast<double>(total_);
      if (static_cast<double>(below) < wanted) break;
      const int edge = wanted == 0 ? bin : bin + 1;
      result[next] = (edge - kHalf) * range_ / kHalf;
    }
  }
  return result;
}

void Histogram::hash_into(Hasher& hasher) const {
  hasher.add(range_).add(total_).add_range(std::span<const std::uint64_t>(bins_));
}

Digest ValueStatistics::digest() const {
  Hasher hasher("value-statistics/1");
  hasher.add(min).add(max);
  for (const std::vector<float>* bound : {&channel_min, &channel_max}) hasher.add_range(std::span<const float>(*bound));
  for (const std::vector<double>* each : {&channel_mean, &channel_zeros})
    hasher.add_range(std::span<const double>(*each));
  histogram.hash_into(hasher);
  return hasher.finish();
}

Digest SecondMoments::digest() const {
  Hasher hasher("second-moments/1");
  hasher.add(groups).add(columns).add(samples);
  for (const std::vector<double>* each : {&sums, &totals}) hasher.add_range(std::span<const double>(*each));
  return hasher.finish();
}

std::span<const double> SecondMoments::sums_of(std::int64_t group) const {
  const auto size = static_cast<std::size_t>(columns * columns);
  return std::span(sums).subspan(static_cast<std::size_t>(group) * size, size);
}

std::span<const double> SecondMoments::totals_of(std::int64_t group) const {
  return std::span(totals).subspan(static_cast<std::size_t>(group * columns), static_cast<std::size_t>(columns));
}

SecondMoments SecondMoments::select(std::span<const std::int64_t> kept_columns) const {
  SecondMoments result{.groups = groups, .columns = static_cast<std::int64_t>(kept_columns.size()), .samples = samples};
  for (std::int64_t group = 0; group < groups; ++group) {
    const std::span<const double> all = sums_of(group);
    for (const std::int64_t i : kept_columns) {
      for (const std::int64_t j : kept_columns) result.sums.push_back(all[static_cast<std::size_t>(i * columns + j)]);
      result.totals.push_back(totals_of(group)[static_cast<std::size_t>(i)]);
    }
  }
  return result;
}

SecondMoments SecondMoments::select_groups(std::span<const std::int64_t> kept_groups) const {
  SecondMoments result{.groups = static_cast<std::int64_t>(kept_groups.size()), .columns = columns, .samples = samples};
  for (const std::int64_t group : kept_groups) {
    result.sums.insert(result.sums.end(), sums_of(group).begin(), sums_of(group).end());
    result.totals.insert(result.totals.end(), totals_of(group).begin(), totals_of(group).end());
  }
  return result;
}

SecondMoments SecondMoments::scaled(std::span<const double> factors) const {
  RS_CHECK(factors.size() == totals.size());
  SecondMoments result = *this;
  const auto n = static_cast<std::size_t>(columns);
  for (std::size_t i = 0; i < factors.size(); ++i) {
    const std::span<const double> others = factors.subspan(i / n * n, n);
    result.totals[i] *= factors[i];
    for (std::size_t j = 0; j < n; ++j) result.sums[i * n + j] *= factors[i] * others[j];
  }
  return result;
}

namespace {

template <typename Map>
auto find_in(const Map& map, std::string_view layer) {
  const auto found = map.find(layer);
  return found == map.end() ? nullptr : found->second.get();
}

}  // namespace

const ValueStatistics* Calibration::find(std::string_view layer) const { return find_in(values, layer); }
const SecondMoments* Calibration::moments_of(std::string_view layer) const { return find_in(moments, layer); }
const SecondMoments* Calibration::state_moments_of(std::string_view layer) const {
  return find_in(state_moments, layer);
}

}  // namespace roofscape
