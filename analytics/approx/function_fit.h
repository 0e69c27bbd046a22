// Tables that stand for functions, computed from the functions' definitions.
//
//   const FunctionTable table = fit_function(Kind::kGelu, 0, {.form = FunctionForm::kUniformLinear, .segments = 16});
#pragma once

#include <optional>

#include "analytics/network/function_table.h"

namespace roofscape::approx {

enum class FunctionForm {
  kUniformLinear,       // lines between points of the function
  kLeastSquaresLinear,  // the continuous lines of least squared error
  kTable,               // the nearest of evenly spaced values
  kPlan,                // PLAN's four lines for the sigmoid, and tanh(x) = 2σ(2x) − 1
};

struct FunctionFit {
  FunctionForm form = FunctionForm::kUniformLinear;
  int segments = 16;          // pieces, or values of a table, between the asymptotes; of x ≥ 0 where symmetric
  bool by_curvature = false;  // breakpoints lie closer where the function bends more; lines only
  int entry_bits = 32;        // fixed-point slopes and intercepts of fewer bits
};

// x from which on, or up to which, the function is within 2^-10 of its asymptote, rounded to a power of two: outside,
// the asymptote stands for it.
struct FunctionRange {
  double low = 0, high = 0;
  FunctionTable::Symmetry symmetry = FunctionTable::Symmetry::kNone;
};
// `seen`: exp has no asymptote on the right; from the largest x seen on it stays what it is there. Nothing for
// functions that need no table (they are lines already) or for which there is none.
std::optional<FunctionRange> function_range(op::Activation::Kind kind, double seen = 0);

// In double precision. `alpha` is ELU's.
double exact_function(op::Activation::Kind kind, float alpha, double x);

// The function must have a range, and be the sigmoid or tanh for kPlan.
FunctionTable fit_function(op::Activation::Kind kind, float alpha, const FunctionFit& fit, double seen = 0);

}  // namespace roofscape::approx
