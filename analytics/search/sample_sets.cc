#include "analytics/search/sample_sets.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "analytics/base/status.h"

namespace roofscape::search {

SampleSets::SampleSets(Values samples) : samples_(std::move(samples)) {
  RS_CHECK(samples_.size() <= kMostSamples);
  std::vector<std::size_t> order(samples_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return samples_[a] < samples_[b]; });
  for (const std::size_t s : order) sorted_.push_back(samples_[s]);
  sets_.resize(samples_.size() + 1);
  for (std::size_t i = order.size(); i-- > 0;) {
    sets_[i] = sets_[i + 1];
    sets_[i].insert(order[i]);
  }
}

const SampleSet& SampleSets::from(double value) const {
  if (std::isnan(value)) return sets_.back();
  const auto first = std::lower_bound(sorted_.begin(), sorted_.end(), value);
  return sets_[static_cast<std::size_t>(first - sorted_.begin())];
}

}  // namespace roofscape::search
