// Layers that only move elements: each output element is one input element, or a constant.
#pragma once

#include <memory>
#include <vector>

#include "analytics/engine/kernel.h"

namespace roofscape::engine {

// Output element i of an image is input element source[i]; a negative source stands for `fill`.
std::unique_ptr<Step> copy_step(std::int64_t input_elements, std::vector<std::int32_t> source, float fill = 0);

// Calls visit(position) for every position of `shape`, in row-major order.
template <typename Visit>
void for_each_position(const Shape& shape, Visit visit) {
  std::vector<std::int64_t> position(shape.size(), 0);
  for (std::int64_t i = 0; i < element_count(shape); ++i) {
    visit(position);
    for (std::size_t d = shape.size(); d-- > 0;) {
      if (++position[d] < shape[d]) break;
      position[d] = 0;
    }
  }
}

}  // namespace roofscape::engine
