// From values to pixels, linear or logarithmic, with ticks at round values.
//
//   Scale x = Scale::logarithmic(1e-5, 3e-3, 60, 400);
//   x.at(1e-4);  x.ticks()   // 1e-5, 1e-4, 1e-3 … or 1, 2, 5 steps where few decades are shown
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace roofscape::client::plot {

class Scale {
 public:
  // A range without extent is widened, so that its only value stands in the middle.
  static Scale linear(double low, double high, double from, double to);
  // Values must be positive; `low` and `high` are widened to be so.
  static Scale logarithmic(double low, double high, double from, double to);

  double at(double value) const;
  double low() const { return low_; }
  double high() const { return high_; }
  double from() const { return from_; }
  double to() const { return to_; }
  bool is_logarithmic() const { return logarithmic_; }
  // Round values inside the range, ascending; about `wanted` of them, at least two where the range allows.
  std::vector<double> ticks(int wanted = 6) const;

 private:
  Scale(double low, double high, double from, double to, bool logarithmic)
      : low_(low), high_(high), from_(from), to_(to), logarithmic_(logarithmic) {}
  std::vector<double> linear_ticks(int wanted) const;

  double low_, high_, from_, to_;
  bool logarithmic_;
};

// How the values of an axis are written: one prefix for all of them where that reads well ("ms"), and few digits.
struct TickLabels {
  std::string unit;                // "ms"
  std::vector<std::string> texts;  // one a tick
};
// `unit`: "s", "J", "op/s" … take SI prefixes; "B" takes binary ones; "%" is for shares of one; "" takes none.
TickLabels tick_labels(const Scale& scale, const std::vector<double>& ticks, std::string_view unit);

}  // namespace roofscape::client::plot
