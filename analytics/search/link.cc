#include "analytics/search/link.h"

#include <algorithm>
#include <cmath>

#include "analytics/base/status.h"

namespace roofscape::search {
namespace {

constexpr std::size_t kNodes = 97;
constexpr double kBandwidth = 0.35;        // of the curve, in the logarithm of damage
constexpr double kScatterBandwidth = 0.6;  // of the scatter around it
constexpr double kMargin = 1;              // beyond the samples, on both sides
// The scatter starts as that of so many samples at this share of the scale.
constexpr double kPriorSamples = 1.5, kPriorScatter = 0.03;

using Sample = Link::Sample;

// Weighted isotonic regression: the rising values nearest to the samples', which are in order of damage.
std::vector<double> rising(const std::vector<Sample>& samples) {
  struct Block {
    double weight, sum;
    std::size_t count;
    double mean() const { return sum / weight; }
  };
  std::vector<Block> blocks;
  for (const Sample& sample : samples) {
    blocks.push_back({sample.weight, sample.weight * sample.value, 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() >= blocks.back().mean()) {
      Block& before = blocks[blocks.size() - 2];
      before = {before.weight + blocks.back().weight, before.sum + blocks.back().sum,
                before.count + blocks.back().count};
      blocks.pop_back();
    }
  }
  std::vector<double> values;
  for (const Block& block : blocks) values.insert(values.end(), block.count, block.mean());
  return values;
}

// Mean of `values` around a place, by a Gaussian kernel; far from all samples it is the nearest one's.
double smoothed(const std::vector<Sample>& samples, const std::vector<double>& values, double place) {
  double nearest = HUGE_VAL;
  for (const Sample& sample : samples) nearest = std::min(nearest, std::abs(sample.log_damage - place));
  double weight = 0, sum = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double away = samples[i].log_damage - place;
    const double w = samples[i].weight * std::exp(-(away * away - nearest * nearest) / (2 * kBandwidth * kBandwidth));
    weight += w;
    sum += w * values[i];
  }
  return sum / weight;
}

}  // namespace

Link Link::fit(std::vector<Sample> samples, double scale) {
  RS_CHECK(!samples.empty());
  std::stable_sort(samples.begin(), samples.end(),
                   [](const Sample& a, const Sample& b) { return a.log_damage < b.log_damage; });
  const std::vector<double> values = rising(samples);
  Link link;
  link.low_ = samples.front().log_damage - kMargin;
  link.step_ = (samples.back().log_damage + kMargin - link.low_) / (kNodes - 1);
  for (std::size_t i = 0; i < kNodes; ++i)
    link.values_.push_back(smoothed(samples, values, link.low_ + link.step_ * static_cast<double>(i)));
  std::vector<double> squares;
  for (const Sample& sample : samples) {
    const double error = sample.value - link.at(sample.log_damage);
    squares.push_back(error * error);
  }
  const double prior = kPriorScatter * scale;
  for (std::size_t i = 0; i < kNodes; ++i) {
    const double place = link.low_ + link.step_ * static_cast<double>(i);
    double weight = kPriorSamples, sum = kPriorSamples * prior * prior;
    for (std::size_t s = 0; s < samples.size(); ++s) {
      if (!samples[s].scatters) continue;
      const double away = (samples[s].log_damage - place) / kScatterBandwidth;
      const double w = std::exp(-away * away / 2);
      weight += w;
      sum += w * squares[s];
    }
    link.deviations_.push_back(std::sqrt(sum / weight));
  }
  return link;
}

double Link::interpolated(const std::vector<double>& nodes, double log_damage) const {
  const double place = std::clamp((log_damage - low_) / step_, 0.0, static_cast<double>(kNodes - 1));
  const std::size_t node = std::min(static_cast<std::size_t>(place), kNodes - 2);
  const double part = place - static_cast<double>(node);
  return nodes[node] + part * (nodes[node + 1] - nodes[node]);
}

double Link::at(double log_damage) const { return interpolated(values_, log_damage); }

double Link::deviation(double log_damage) const { return interpolated(deviations_, log_damage); }

double Link::inverse(double limit) const {
  if (values_.back() <= limit) return HUGE_VAL;
  if (values_.front() > limit) return -HUGE_VAL;
  std::size_t node = 0;
  while (values_[node + 1] <= limit) ++node;
  const double rise = values_[node + 1] - values_[node];
  const double part = rise > 0 ? (limit - values_[node]) / rise : 0;
  return low_ + step_ * (static_cast<double>(node) + part);
}

}  // namespace roofscape::search
