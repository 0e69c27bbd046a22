#include "analytics/engine/vector/reach.h"

#include <algorithm>

namespace roofscape::engine {

std::vector<Reach> reaches(std::int64_t outputs, std::int64_t inputs, std::int64_t kernel, std::int64_t stride,
                           std::int64_t dilation, std::int64_t before, std::int64_t after) {
  std::vector<Reach> all;
  for (std::int64_t y = 0; y < outputs; ++y) {
    Reach reach{kernel, 0, 0};
    for (std::int64_t i = 0; i < kernel; ++i) {
      const std::int64_t at = y * stride - before + i * dilation;
      if (at < inputs + after) ++reach.padded;
      if (at < 0 || at >= inputs) continue;
      reach.first = std::min(reach.first, i);
      reach.last = i + 1;
    }
    all.push_back(reach);
  }
  return all;
}

}  // namespace roofscape::engine
