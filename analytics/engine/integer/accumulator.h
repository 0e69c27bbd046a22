// Sums in an accumulator of limited width (Arithmetic::accumulator).
//
// Products (q_x − z_x)·(q_w − z_w) are added one after another, in the order in which the weight tensor holds them: the
// inputs of a Dense; the input channels of a convolution, in each the rows of its kernel, in each the columns; the
// inner axis of a MatMul. After each the register wraps or saturates. Wrapping is modular: wrapping the whole sum once
// gives the same, so that fast kernels may add in any order. Saturating depends on the order, so that only ref does it.
//
// A sum overflows where the register loses something of it: wrapping, where it does not hold the whole sum (what leaves
// the range on the way and comes back leaves no trace); saturating, where it cut any sum on the way.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "analytics/network/layer.h"

namespace roofscape::engine {

// The layer's accumulator, unless it holds every sum up to this magnitude.
std::optional<Accumulator> limiting_accumulator(const Layer& layer, std::int64_t largest_sum);

// The lowest `bits` of a sum, as two's complement; 1 to 64 bits.
inline std::int64_t wrapped(std::int64_t sum, int bits) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) << (64 - bits)) >> (64 - bits);
}

// One sum, product by product. Without an accumulator it is exact.
class LimitedSum {
 public:
  explicit LimitedSum(const std::optional<Accumulator>& accumulator)
      : bits_(accumulator ? accumulator->bits : 64),
        saturates_(accumulator && accumulator->overflow == Accumulator::Overflow::kSaturate) {}

  void add(std::int64_t product) {
    whole_ += product;
    const std::int64_t next = sum_ + product;
    sum_ = saturates_ ? std::clamp(next, -highest() - 1, highest()) : wrapped(next, bits_);
    cut_ = cut_ || (saturates_ && sum_ != next);
  }
  std::int64_t value() const { return sum_; }
  bool overflowed() const { return saturates_ ? cut_ : sum_ != whole_; }

 private:
  std::int64_t highest() const { return (std::int64_t{1} << (bits_ - 1)) - 1; }

  int bits_;
  bool saturates_;
  std::int64_t sum_ = 0, whole_ = 0;
  bool cut_ = false;
};

}  // namespace roofscape::engine
