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
  // Each value as often as the number beside it says.
  void add(std::span<const float> values, std::span<const std::uint64_t> times);
  void merge(const Histogram& other);

  std::uint64_t total() const { return total_; }
  double range() const { return range_; }
  const std::vector<std::uint64_t>& bins() const { return bins_; }
  double centre(int bin) const;  // of the bin
  // Value below which the share `quantile` (0 to 1) of all values lies, to the width of one bin.
  double quantile(double quantile) const;
  // The same for several, ascending, in one pass.
  std::vector<double> quantiles(std::span<const double> ascending) const;
  void hash_into(Hasher& hasher) const;

 private:
  void widen_to(double magnitude);
  template <typename Times>
  void count(std::span<const float> values, const Times& times);
  double range_ = 0;  // 0: nothing but zeros seen so far
  std::uint64_t total_ = 0;
  std::vector<std::uint64_t> bins_;
};

// Along which statistics of a value are kept: axis 0 of [C, H, W], the last axis of any other.
inline std::size_t channel_axis(std::span<const std::int64_t> shape) {
  return shape.size() == 3 ? 0 : shape.size() - 1;
}

struct ValueStatistics {
  float min = 0, max = 0;  // over everything
  // One a channel (channel_axis).
  std::vector<float> channel_min, channel_max;
  std::vector<double> channel_mean;
  std::vector<double> channel_zeros{};  // share of values that are exactly 0
  Histogram histogram;

  Digest digest() const;  // of all of it
};

// Σ x·xᵀ over all vectors x that a layer's weights multiply on the calibration images: what the error of its output is
// for any change of its weights, Σ‖ΔW·x‖² = tr(ΔW·G·ΔWᵀ).
//
// A column is one index along x, in the order of the weight's trailing axes, and there is one G a group:
//   Conv          [O, C/groups, kh, kw]   columns C/groups·kh·kw: windows of the input, 0 where they reach into padding
//   Dense         [O, I]                  columns I: a vector for every leading index
//   LSTM, GRU     W [D, G·H, I]           columns I, one group: every step
//   ConvTranspose [C, O/groups, kh, kw]   columns C/groups only: each position's channels, which multiply all of
//                                         W[c, o·kh·kw]; where windows overlap, outputs add several such products, so
//                                         that Σ‖ΔW·x‖² is the error before they are added
struct SecondMoments {
  std::int64_t groups = 1;
  std::int64_t columns = 0;
  std::int64_t samples = 0;      // vectors a group: images·positions
  std::vector<double> sums{};    // [groups, columns, columns]: Σ x·xᵀ, symmetric
  std::vector<double> totals{};  // [groups, columns]: Σ x

  // Row-major [columns, columns], and [columns].
  std::span<const double> sums_of(std::int64_t group) const;
  std::span<const double> totals_of(std::int64_t group) const;

  // Of the same vectors without the other columns, in the order given; the same columns in every group.
  SecondMoments select(std::span<const std::int64_t> kept_columns) const;
  SecondMoments select_groups(std::span<const std::int64_t> kept_groups) const;
  // Of vectors whose column i of group g is multiplied by factors[g·columns + i].
  SecondMoments scaled(std::span<const double> factors) const;

  Digest digest() const;  // of all of it
};

// What an early exit at a layer would decide on: of each calibration image the means of the channels of a [C, H, W]
// value, or a vector as it is. Small, so that it is kept as it is.
struct ExitFeatures {
  std::int64_t columns = 0;
  std::vector<float> values{};  // [images, columns]
};

// Statistics of every value of one network on one set of calibration images, by layer name. Values are shared, so that
// a method which drops channels can hand on a cheap copy.
struct Calibration {
  std::map<std::string, std::shared_ptr<const ValueStatistics>, std::less<>> values;
  // Of what layers with weights read, by the name of that layer, where they were asked for; layers that read the same
  // vectors share them.
  std::map<std::string, std::shared_ptr<const SecondMoments>, std::less<>> moments{};
  // Of the hidden states that LSTM and GRU multiply by R [D, G·H, H]: columns H, a group a direction; each step's h
  // before the step. A GRU that resets before R multiplies r∘h there for its third gate, which is not what is
  // described.
  std::map<std::string, std::shared_ptr<const SecondMoments>, std::less<>> state_moments{};
  // By layer, where they were asked for and take few columns; with them the labels of the images, -1 where there is
  // none.
  std::map<std::string, std::shared_ptr<const ExitFeatures>, std::less<>> exit_features{};
  std::vector<std::int32_t> labels{};
  std::int64_t images = 0;
  Digest key;  // of (network, prepared images): part of a candidate's recipe

  // Null when the layer is unknown.
  const ValueStatistics* find(std::string_view layer) const;
  // Null when there are none: not asked for, no weights, or too many columns.
  const SecondMoments* moments_of(std::string_view layer) const;
  const SecondMoments* state_moments_of(std::string_view layer) const;
};

}  // namespace roofscape
