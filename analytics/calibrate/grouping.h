// Rows in groups, by number and by name.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "analytics/calibrate/observation.h"

namespace roofscape::calibrate {

// Numbers names from 0 in the order in which they come.
class Numbering {
 public:
  int operator()(const std::string& name) {
    const auto [at, is_new] = numbers_.emplace(name, static_cast<int>(names_.size()));
    if (is_new) names_.push_back(name);
    return at->second;
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::map<std::string, int> numbers_;
  std::vector<std::string> names_;
};

// The groups of one kind: of each row (-1: none), and what they are called.
struct Grouping {
  std::vector<int> of_row;
  std::vector<std::string> names;
};

template <typename Name>
Grouping group(std::span<const Observation* const> rows, const Name& name) {
  Grouping grouping;
  Numbering numbering;
  for (const Observation* row : rows) {
    const std::string text = name(*row);
    grouping.of_row.push_back(text.empty() ? -1 : numbering(text));
  }
  grouping.names = numbering.names();
  return grouping;
}

}  // namespace roofscape::calibrate
