#include "tests/bench/yardstick/relative_cost.h"

#include <cmath>

namespace roofscape::bench {

RelativeCost::RelativeCost(Lab& lab, std::size_t front, std::optional<std::size_t> only) : lab_(lab) {
  for (const std::size_t column : lab.scoring().columns_on(lab.boxes()[front].platform))
    if (!search::info(lab.scoring().columns()[column].metric).measured) columns_.push_back({column, 1});
  if (only) columns_[*only].weight = 10;
  double sum = 0;
  for (const Column& column : columns_) sum += column.weight;
  for (Column& column : columns_) column.weight /= sum;
}

std::optional<double> RelativeCost::of(const search::Point& point) const {
  const search::Priced priced = lab_.price(point);
  double cost = 0;
  for (const Column& column : columns_) {
    const double value = priced.objectives[column.index];  // minimised: a throughput is negative
    if (!std::isfinite(value) || value == 0) return std::nullopt;
    cost += column.weight * (value > 0 ? std::log(value) : -std::log(-value));
  }
  return cost;
}

}  // namespace roofscape::bench
