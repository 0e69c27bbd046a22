// What was seen to flow through a network on calibration images: the knowledge from which ranges and corrections come.
//
// Filled by engine/calibrate.h, streamed, so that raw activations are never kept; read by the methods of approx/. One
// entry a layer describes that layer's *output*, in fp32, over all calibration images.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/hash.h"

namespace roofscape {

// A histogram whose bins grow by doubling their width and merging, so that it can be filled in one pass. Symmetric
// around 0: bin i of `count` covers [−range + i·width, −range + (i+1)·width), width = 2·range/count; range is a power
// of two times kStart, so two histograms merge exactly and the order of adding does not matter.
class Histogram {
 public:
  static constexpr int kBins = 4096;
  void add(std::span<const float> values);
  void merge(const Histogram& other);

  std::uint64_t total() const { return total_; }
  double range() const { return range_; }
  const std::vector<std::uint64_t>& bins() const { return bins_; }
  double centre(int bin) const;  // of the bin
  // Value below which the share `quantile` (0 to 1) of all values lies, to the width of one bin.
  double quantile(double quantile) const;

 private:
  void widen_to(double magnitude);
  double range_ = 0;  // 0: nothing but zeros seen so far
  std::uint64_t total_ = 0;
  std::vector<std::uint64_t> bins_;
};

struct ValueStatistics {
  float min = 0, max = 0;  // over everything
  // Per channel (axis 0 of a [C, H, W] value, the last axis of any other).
  std::vector<float> channel_min, channel_max;
  std::vector<double> channel_mean;
  Histogram histogram;
};

// Statistics of every value of one network on one set of calibration images, by layer name. Values are shared, so that
// a method which drops channels can hand on a cheap copy.
struct Calibration {
  std::map<std::string, std::shared_ptr<const ValueStatistics>, std::less<>> values;
  std::int64_t images = 0;
  Digest key;  // of (network, prepared images): part of a candidate's recipe

  // Null when the layer is unknown.
  const ValueStatistics* find(std::string_view layer) const;
};

}  // namespace roofscape
