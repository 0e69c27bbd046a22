#include "analytics/approx/function_fit.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace roofscape::approx {
namespace {

using Kind = op::Activation::Kind;
using Symmetry = FunctionTable::Symmetry;

struct Line {
  double slope = 0, intercept = 0;
  double at(double x) const { return slope * x + intercept; }
};

// A function to be fitted, and what stands for it outside its range.
struct Curve {
  Kind kind;
  float alpha;
  FunctionRange range;
  Line left, right;  // left: only where there is no symmetry

  double operator()(double x) const { return exact_function(kind, alpha, x); }
  bool symmetric() const { return range.symmetry != Symmetry::kNone; }
};

Curve curve_of(Kind kind, float alpha, double seen) {
  Curve curve{kind, alpha, *function_range(kind, seen), {}, {}};
  switch (curve.range.symmetry) {
    case Symmetry::kOdd:
    case Symmetry::kComplement: curve.right = {0, 1}; break;
    case Symmetry::kRamp: curve.right = {1, 0}; break;
    case Symmetry::kNone:
      if (kind == Kind::kElu) {
        curve.left = {0, -static_cast<double>(alpha)};
        curve.right = {1, 0};
      } else {
        curve.right = {0, curve(curve.range.high)};
      }
  }
  return curve;
}

std::vector<double> even_points(double low, double high, int count) {
  std::vector<double> points;
  for (int i = 0; i < count; ++i) points.push_back(low + (high - low) * i / (count - 1));
  return points;
}

// Points between which the integral of |f''|^(2/5) is the same, which is best for the squared error of many lines; a
// little is added everywhere, so that no line becomes endless.
std::vector<double> points_by_curvature(const Curve& f, int segments) {
  constexpr int kCells = 8192;
  constexpr double kFloor = 0.05;  // of the mean
  const double width = (f.range.high - f.range.low) / kCells;
  std::vector<double> density;
  double mean = 0;
  for (int i = 0; i < kCells; ++i) {
    // A step away from both ends: the function may bend sharply there, which is what an end is for.
    const double x = std::clamp(f.range.low + (i + 0.5) * width, f.range.low + width, f.range.high - width);
    const double bend = (f(x - width) - 2 * f(x) + f(x + width)) / (width * width);
    density.push_back(std::pow(std::abs(bend), 0.4));
    mean += density.back() / kCells;
  }
  std::vector<double> points{f.range.low};
  const double total = mean * kCells * (1 + kFloor);
  double passed = 0;
  for (int i = 0; i < kCells; ++i) {
    const double here = density[static_cast<std::size_t>(i)] + kFloor * mean;
    while (static_cast<int>(points.size()) < segments &&
           passed + here >= total * static_cast<double>(points.size()) / segments) {
      const double wanted = total * static_cast<double>(points.size()) / segments;
      points.push_back(f.range.low + (i + (wanted - passed) / here) * width);
    }
    passed += here;
  }
  points.push_back(f.range.high);
  return points;
}

// What the ends must be, so that no step is left at the asymptotes or at 0.
std::vector<std::pair<std::size_t, double>> fixed_values(const Curve& f, std::size_t last) {
  std::vector<std::pair<std::size_t, double>> fixed;
  if (f.range.symmetry == Symmetry::kOdd) fixed.emplace_back(0, 0.0);
  if (f.range.symmetry == Symmetry::kComplement) fixed.emplace_back(0, 0.5);
  if (!f.symmetric()) fixed.emplace_back(0, f.left.at(f.range.low));
  fixed.emplace_back(last, f.right.at(f.range.high));
  return fixed;
}

// Values at the points of the continuous lines that are closest to f on a dense grid: the normal equations of hat
// functions are tridiagonal.
std::vector<double> least_squares_values(const Curve& f, const std::vector<double>& points) {
  constexpr int kSamples = 64;  // a segment
  const std::size_t count = points.size();
  std::vector<double> below(count, 0), diagonal(count, 0), above(count, 0), right(count, 0);
  for (std::size_t i = 0; i + 1 < count; ++i) {
    const double length = points[i + 1] - points[i];
    for (int s = 0; s < kSamples; ++s) {
      const double share = (s + 0.5) / kSamples;
      const double value = f(points[i] + share * length);
      diagonal[i] += length * (1 - share) * (1 - share);
      above[i] += length * share * (1 - share);
      diagonal[i + 1] += length * share * share;
      right[i] += length * (1 - share) * value;
      right[i + 1] += length * share * value;
    }
    below[i + 1] = above[i];
  }
  for (const auto& [at, value] : fixed_values(f, count - 1)) {
    diagonal[at] = 1;
    below[at] = above[at] = 0;
    right[at] = value;
  }
  for (std::size_t i = 1; i < count; ++i) {
    const double factor = below[i] / diagonal[i - 1];
    diagonal[i] -= factor * above[i - 1];
    right[i] -= factor * right[i - 1];
  }
  std::vector<double> values(count);
  for (std::size_t i = count; i-- > 0;)
    values[i] = (right[i] - (i + 1 < count ? above[i] * values[i + 1] : 0)) / diagonal[i];
  return values;
}

// Pieces from left to right.
class Pieces {
 public:
  Pieces(const Curve& f, const FunctionFit& fit) {
    table_.function = f.kind;
    table_.symmetry = f.range.symmetry;
    table_.entry_bits = fit.entry_bits;
    table_.slopes.clear();
    table_.intercepts.clear();
  }
  // The piece that ends at `end`, or the last.
  void add(const Line& line) { lines_.push_back(line); }
  void add(const Line& line, double end) {
    add(line);
    table_.breakpoints.push_back(static_cast<float>(end));
  }
  FunctionTable finish(bool uniform) && {
    table_.uniform = uniform;
    if (table_.entry_bits < 32) round_lines();
    for (const Line& line : lines_) {
      table_.slopes.push_back(static_cast<float>(line.slope));
      table_.intercepts.push_back(static_cast<float>(line.intercept));
    }
    return std::move(table_);
  }

 private:
  // Distance of numbers of so many bits that reach up to `largest`.
  double step(double largest) const {
    return largest > 0 ? std::ldexp(1.0, std::ilogb(largest) + 1 - (table_.entry_bits - 1)) : 1;
  }
  // Slopes to their grid, intercepts to theirs after the middle of each piece has been put back into its place.
  void round_lines() {
    double slope = 0, intercept = 0;
    for (const Line& line : lines_) {
      slope = std::max(slope, std::abs(line.slope));
      intercept = std::max(intercept, std::abs(line.intercept));
    }
    const double slope_step = step(slope), intercept_step = step(intercept);
    const std::vector<float>& ends = table_.breakpoints;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      Line& line = lines_[i];
      const bool starts = i > 0 || table_.symmetry != Symmetry::kNone;
      const double low = i > 0 ? static_cast<double>(ends[i - 1]) : 0;
      const double middle = starts && i < ends.size() ? (low + static_cast<double>(ends[i])) / 2 : 0;
      const double value = line.at(middle);
      line.slope = std::nearbyint(line.slope / slope_step) * slope_step;
      line.intercept = std::nearbyint((value - line.slope * middle) / intercept_step) * intercept_step;
    }
  }

  FunctionTable table_;
  std::vector<Line> lines_;
};

FunctionTable lines_through(const Curve& f, const FunctionFit& fit) {
  const std::vector<double> points = fit.by_curvature ? points_by_curvature(f, fit.segments)
                                                      : even_points(f.range.low, f.range.high, fit.segments + 1);
  std::vector<double> values;
  if (fit.form == FunctionForm::kLeastSquaresLinear) {
    values = least_squares_values(f, points);
  } else {
    for (const double x : points) values.push_back(f(x));
    for (const auto& [at, value] : fixed_values(f, points.size() - 1)) values[at] = value;
  }
  Pieces pieces(f, fit);
  if (!f.symmetric()) pieces.add(f.left, points[0]);
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const double slope = (values[i + 1] - values[i]) / (points[i + 1] - points[i]);
    pieces.add({slope, values[i] - slope * points[i]}, points[i + 1]);
  }
  pieces.add(f.right);
  return std::move(pieces).finish(!fit.by_curvature);
}

// Values at evenly spaced points, each for what lies nearest to it; where the asymptote rises, what is looked up is the
// distance to it. Both ends are the asymptotes'.
FunctionTable nearest_values(const Curve& f, const FunctionFit& fit) {
  const std::vector<double> points = even_points(f.range.low, f.range.high, fit.segments);
  const double slope = f.range.symmetry == Symmetry::kRamp ? 1 : 0;
  Pieces pieces(f, fit);
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const bool left_end = i == 0 && !f.symmetric();
    const Line value{slope, f(points[i]) - slope * points[i]};
    pieces.add(left_end ? f.left : value, (points[i] + points[i + 1]) / 2);
  }
  pieces.add(f.right);
  return std::move(pieces).finish(/*uniform=*/true);
}

// Amin, Curtis, Hayes-Gill: for x ≥ 0; slopes and breakpoints need shifts and few comparisons.
FunctionTable plan(const Curve& f, const FunctionFit& fit) {
  const bool doubled = f.kind == Kind::kTanh;  // tanh(x) = 2σ(2x) − 1
  constexpr struct {
    double slope, intercept, end;
  } kLines[] = {{.25, .5, 1}, {.125, .625, 2.375}, {.03125, .84375, 5}};
  Pieces pieces(f, fit);
  for (const auto& line : kLines) {
    if (doubled) {
      pieces.add({4 * line.slope, 2 * line.intercept - 1}, line.end / 2);
    } else {
      pieces.add({line.slope, line.intercept}, line.end);
    }
  }
  pieces.add(f.right);
  return std::move(pieces).finish(/*uniform=*/false);
}

}  // namespace

std::optional<FunctionRange> function_range(Kind kind, double seen) {
  switch (kind) {
    case Kind::kSigmoid: return FunctionRange{0, 8, Symmetry::kComplement};
    case Kind::kTanh:
    case Kind::kErf: return FunctionRange{0, 4, Symmetry::kOdd};
    case Kind::kGelu:
    case Kind::kGeluTanh: return FunctionRange{0, 4, Symmetry::kRamp};
    case Kind::kSilu: return FunctionRange{0, 16, Symmetry::kRamp};
    case Kind::kSoftplus: return FunctionRange{0, 8, Symmetry::kRamp};
    case Kind::kElu: return FunctionRange{-8, 0, Symmetry::kNone};
    case Kind::kExp: return FunctionRange{-8, std::clamp(seen, 0.0, 80.0), Symmetry::kNone};  // e^88 is no float
    default: return std::nullopt;
  }
}

double exact_function(Kind kind, float alpha, double x) {
  const auto sigmoid = [](double at) { return 1 / (1 + std::exp(-at)); };
  switch (kind) {
    case Kind::kSigmoid: return sigmoid(x);
    case Kind::kTanh: return std::tanh(x);
    case Kind::kErf: return std::erf(x);
    case Kind::kGelu: return x / 2 * (1 + std::erf(x / std::numbers::sqrt2));
    case Kind::kGeluTanh:
      return x / 2 * (1 + std::tanh(std::sqrt(2 * std::numbers::inv_pi) * (x + 0.044715 * x * x * x)));
    case Kind::kSilu: return x * sigmoid(x);
    case Kind::kSoftplus: return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
    case Kind::kElu: return x < 0 ? static_cast<double>(alpha) * std::expm1(x) : x;
    case Kind::kExp: return std::exp(x);
    default: check_failed(__FILE__, __LINE__, "the function has no range");
  }
}

FunctionTable fit_function(Kind kind, float alpha, const FunctionFit& fit, double seen) {
  const Curve curve = curve_of(kind, alpha, seen);
  switch (fit.form) {
    case FunctionForm::kTable: return nearest_values(curve, fit);
    case FunctionForm::kPlan: return plan(curve, fit);
    default: return lines_through(curve, fit);
  }
}

}  // namespace roofscape::approx
