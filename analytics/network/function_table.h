// A function of one variable as hardware computes it: straight pieces, looked up by where x lies.
//
// Piece i is slopes[i]·x + intercepts[i] from breakpoints[i−1] on and below breakpoints[i]; the first and the last
// reach to infinity, so they are the function's asymptotes. A table of values is the same with slopes that do not
// change. Of a symmetric function only x ≥ 0 is kept.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "analytics/base/hash.h"
#include "analytics/base/status.h"
#include "analytics/network/operation.h"

namespace roofscape {

struct FunctionTable {
  enum class Symmetry : std::uint8_t {
    kNone,
    kOdd,         // f(−x) = −f(x): tanh, erf
    kComplement,  // f(−x) = 1 − f(x): sigmoid
    kRamp,        // f(−x) = f(x) − x: GELU, SiLU, softplus
  };
  op::Activation::Kind function = op::Activation::Kind::kSigmoid;  // what it stands for
  Symmetry symmetry = Symmetry::kNone;
  bool uniform = false;              // breakpoints lie evenly: a shift finds the piece, without comparisons
  int entry_bits = 32;               // of each slope and intercept; they lie on a grid of so many bits
  std::vector<float> breakpoints{};  // finite, strictly ascending; above 0 where symmetric
  std::vector<float> slopes{0};      // one more than breakpoints
  std::vector<float> intercepts{0};  // the same

  // In fp32: one multiplication, one addition. NaN stays NaN.
  float operator()(float x) const;
  // Whether every slope is 0 or 1: values are looked up and at most added to x.
  bool is_steps() const;
  // Whether some slope is neither 0 nor a power of two, so that a multiplier is needed.
  bool multiplies() const;
  // Bits of all slopes (none for steps) and intercepts.
  std::int64_t bits() const;

  Status validate() const;
  void hash_into(Hasher& hasher) const;
};
using FunctionTablePtr = std::shared_ptr<const FunctionTable>;

}  // namespace roofscape
