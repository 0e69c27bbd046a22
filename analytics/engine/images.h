// From a data set's images to a network's input: prepared, and in the order of axes that the network takes.
#pragma once

#include <cstdint>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/dataset.h"

namespace roofscape::engine {

class ImageFeed {
 public:
  // Fails unless `input` is the data's image shape, the same with the channel axis moved to the other end, or another
  // shape of as many elements, whose elements then are taken in their order.
  static Result<ImageFeed> create(const Dataset& dataset, const Preparation& preparation, const Shape& input);

  // Writes prepared images of `range` to `out`.
  void write(ImageRange range, float* out) const;

 private:
  const Dataset* dataset_ = nullptr;
  const Preparation* preparation_ = nullptr;
  std::int64_t elements_ = 0;
  std::int64_t rows_ = 0, columns_ = 0;  // images are [rows, columns] and the network wants the transpose; 0: as it is
};

// The range asked for, or all images; fails where it leaves the data set or is empty.
Result<ImageRange> checked_range(const Dataset& dataset, const std::optional<ImageRange>& range);

// Fails on the first label of the range that is negative or not below `classes`.
Status check_labels(const Dataset& dataset, ImageRange range, std::int64_t classes);

}  // namespace roofscape::engine
