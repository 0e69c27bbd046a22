// What a point costs on one front, relatively: the weighted sum of the logarithms of its priced objectives, so that
// halving the latency is worth as much as halving the energy.
#pragma once

#include <optional>
#include <vector>

#include "tests/bench/yardstick/lab.h"

namespace roofscape::bench {

class RelativeCost {
 public:
  // All priced objectives of the front (index into the lab's boxes) count alike; with `only`, an index among them, that
  // one counts ten times as much as each other.
  RelativeCost(Lab& lab, std::size_t front, std::optional<std::size_t> only = std::nullopt);

  std::size_t objectives() const { return columns_.size(); }
  // Nothing where the point does not fit the platform.
  std::optional<double> of(const search::Point& point) const;

 private:
  struct Column {
    std::size_t index = 0;  // into Priced::objectives
    double weight = 1;
  };
  Lab& lab_;
  std::vector<Column> columns_;
};

}  // namespace roofscape::bench
