// How alike two choices of a variable are, by their traits: what is learned of one says something of the other.
#pragma once

#include <vector>

#include "analytics/search/searcher.h"

namespace roofscape::search {

class Likeness {
 public:
  explicit Likeness(const Problem& problem);

  // Of two choices of one variable: 1 where they are equal.
  double of(std::size_t variable, std::size_t a, std::size_t b) const {
    const std::vector<double>& table = tables_[variable];
    return table.empty() ? (a == b ? 1.0 : 0.0) : table[a * choices_[variable] + b];
  }

 private:
  std::vector<std::size_t> choices_;
  std::vector<std::vector<double>> tables_;  // of each variable: likeness of choice a and b at a·choices + b
};

}  // namespace roofscape::search
