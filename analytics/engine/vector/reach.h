// Which taps of a sliding window meet the input, along one axis.
#pragma once

#include <cstdint>
#include <vector>

namespace roofscape::engine {

// Taps [first, last) fall on the input (none: first ≥ last); `padded` of all taps fall on the padded input.
struct Reach {
  std::int64_t first, last, padded;
};

// One an output position.
std::vector<Reach> reaches(std::int64_t outputs, std::int64_t inputs, std::int64_t kernel, std::int64_t stride,
                           std::int64_t dilation, std::int64_t before, std::int64_t after);

}  // namespace roofscape::engine
