// A fixed number of samples on one axis, and which of them are no less than a value: asked thousands of times a batch,
// so the answer for every place between two samples is made once.
//
//   SampleSets axis(samples);
//   SampleSet set = SampleSet::first(samples.size()); set &= axis.from(value);      // bit s: samples[s] >= value
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analytics/search/pareto.h"

namespace roofscape::search {

constexpr std::size_t kMostSamples = 768;

class SampleSet {
 public:
  // The first so many.
  static SampleSet first(std::size_t count) {
    SampleSet set;
    for (std::size_t s = 0; s < count; ++s) set.insert(s);
    return set;
  }
  void insert(std::size_t sample) { words_[sample / 64] |= std::uint64_t{1} << (sample % 64); }
  bool contains(std::size_t sample) const { return (words_[sample / 64] >> (sample % 64) & 1) != 0; }
  SampleSet& operator&=(const SampleSet& other) {
    for (std::size_t w = 0; w < words_.size(); ++w) words_[w] &= other.words_[w];
    return *this;
  }
  // In ascending order.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (std::size_t w = 0; w < words_.size(); ++w)
      for (std::uint64_t left = words_[w]; left != 0; left &= left - 1)
        visit(w * 64 + static_cast<std::size_t>(std::countr_zero(left)));
  }

 private:
  std::array<std::uint64_t, kMostSamples / 64> words_{};
};

class SampleSets {
 public:
  // At most kMostSamples, none of them NaN.
  explicit SampleSets(Values samples);
  const Values& samples() const { return samples_; }
  // Those that are at least `value`; none for NaN.
  const SampleSet& from(double value) const;

 private:
  Values samples_, sorted_;
  std::vector<SampleSet> sets_;  // sets_[i]: all but the i smallest
};

}  // namespace roofscape::search
