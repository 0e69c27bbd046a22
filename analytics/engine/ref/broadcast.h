// numpy's broadcasting rule as a list of indices.
#pragma once

#include <cstdint>
#include <vector>

#include "analytics/network/tensor.h"

namespace roofscape::engine {

// For each element of `result` in row-major order, the element of `operand` (a shape that broadcasts to it) it reads.
std::vector<std::int32_t> broadcast_indices(const Shape& operand, const Shape& result);

}  // namespace roofscape::engine
