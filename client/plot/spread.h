// Moves labels of one column apart, each as near to its wanted place as the others allow.
//
//   spread({10, 12, 40}, 14, 0, 100) == {4, 18, 40}
#pragma once

#include <vector>

namespace roofscape::client::plot {

// `wanted` ascends; so does the answer, in steps of at least `gap`, with the least squared distances. It stays between
// `low` and `high` where that many fit; where they do not, it begins at `low`.
std::vector<double> spread(const std::vector<double>& wanted, double gap, double low, double high);

}  // namespace roofscape::client::plot
