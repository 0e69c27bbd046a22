// One budget for many layers: which of its options each takes, so that the whole loses least.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace roofscape::approx {

struct RankOption {
  std::int64_t parameters = 0;
  double loss = 0;
};

// For each layer the index of one of its options; together they have at most `budget` parameters where that is
// possible, else as few as there are. Greedy: from the least losses on, the layer that loses least for each parameter
// saved gives way, along the convex hull of its options; what is left over in the end goes where it helps most.
std::vector<std::size_t> spend_parameters(const std::vector<std::vector<RankOption>>& layers, std::int64_t budget);

}  // namespace roofscape::approx
