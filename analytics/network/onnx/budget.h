// How much an import may allocate and compute beyond what the file itself holds.
//
// Constant folding lets a file of a hundred bytes ask for terabytes (ConstantOfShape, Expand, Range), and a few large
// weights read by many nodes could be copied for each. All such allocations and passes are paid for here, beforehand.
#pragma once

#include <algorithm>
#include <cstdint>

#include "analytics/base/status.h"
#include "analytics/network/network.h"

namespace roofscape::onnx_import {

class Budget {
 public:
  // For a file whose tensors hold `file_elements` numbers.
  explicit Budget(std::int64_t file_elements)
      : elements_(std::min(4 * file_elements + (std::int64_t{1} << 24), NetworkLimits::kWeightElements)),
        steps_(64 * file_elements + (std::int64_t{1} << 28)) {}

  // Pays for a new constant of `elements` numbers.
  Status allocate(std::int64_t elements) {
    if (elements > elements_)
      return resource_exhausted("its constants grow beyond what a file of this size may describe ({} more elements)",
                                elements);
    elements_ -= elements;
    return compute(elements);
  }
  // Pays for a pass over `elements` numbers.
  Status compute(std::int64_t elements) {
    if (elements > steps_)
      return resource_exhausted("its constants take more computing than a file of this size may ask for");
    steps_ -= elements;
    return {};
  }

 private:
  std::int64_t elements_, steps_;
};

}  // namespace roofscape::onnx_import
