#include "analytics/linear/coordinate_rounding.h"

#include "analytics/base/status.h"
#include "analytics/linear/eigen.h"

namespace roofscape::linear {
namespace {

// Gains below this share of t²·H_ii may be rounding errors, which could go on for ever.
constexpr double kLeastGain = 1e-9;

// One row: its values, and the gradient H·d that goes with them.
struct Row {
  const Matrix& hessian;
  std::span<double> values;
  std::span<double> gradient;

  // What moving element i by t adds to d·H·dᵀ.
  double change(std::size_t i, double t) const { return t * (2 * gradient[i] + t * hessian(i, i)); }
  bool helps(std::size_t i, double t) const { return change(i, t) < -kLeastGain * t * t * hessian(i, i); }
  void move(std::size_t i, double to) {
    const double t = to - values[i];
    values[i] = to;
    const std::span<const double> curvature = hessian.row(i);
    for (std::size_t j = 0; j < gradient.size(); ++j) gradient[j] += t * curvature[j];
  }
};

}  // namespace

Matrix coordinate_rounding(const Matrix& original, const Matrix& start, const Matrix& hessian,
                           const NeighboursOf& neighbours, int passes) {
  RS_CHECK(original.rows == start.rows && original.columns == start.columns && hessian.rows == original.columns);
  Matrix result = start;
  Matrix gradients = matrix_of((view(start) - view(original)) * view(hessian));
  for (std::size_t r = 0; r < result.rows; ++r) {
    Row row{hessian, result.row(r), gradients.row(r)};
    bool moved = true;
    for (int pass = 0; moved && pass < passes; ++pass) {
      moved = false;
      for (std::size_t i = 0; i < result.columns; ++i) {
        const auto [below, above] = neighbours(r, i, row.values[i]);
        const double to = row.gradient[i] > 0 ? below : above;  // the other way only adds
        if (to == row.values[i] || !row.helps(i, to - row.values[i])) continue;
        row.move(i, to);
        moved = true;
      }
    }
  }
  return result;
}

}  // namespace roofscape::linear
