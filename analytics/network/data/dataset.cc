#include "analytics/network/dataset.h"

#include <algorithm>

namespace roofscape {
namespace {

std::size_t image_bytes(const Dataset& dataset) {
  return dataset.count == 0 ? 0 : dataset.raw.size() / static_cast<std::size_t>(dataset.count);
}

}  // namespace

std::int64_t Dataset::class_count() const {
  return labels.empty() ? 0 : std::int64_t{*std::max_element(labels.begin(), labels.end())} + 1;
}

Digest Dataset::key() const {
  return Hasher("dataset/1")
      .add_range(std::span<const std::int64_t>(image_shape))
      .add(element)
      .add(count)
      .add_bytes(raw)
      .add_range(std::span<const std::int32_t>(labels))
      .finish();
}

Result<DataSplit> split_dataset(std::int64_t count, std::int64_t calibration) {
  if (count < 1) return invalid_argument("the data set holds {} images; at least 1 is needed", count);
  if (calibration < 0 || calibration >= count) {
    return invalid_argument("{} of {} images for calibration; use 0 to {}, so that one is left to evaluate",
                            calibration, count, count - 1);
  }
  DataSplit split;
  split.calibration.reserve(static_cast<std::size_t>(calibration));
  split.evaluation.reserve(static_cast<std::size_t>(count - calibration));
  // Image i is for calibration when the line of slope calibration/count crosses a whole number at it.
  std::int64_t remainder = count - calibration;  // the first image is taken
  for (std::int64_t i = 0; i < count; ++i) {
    remainder += calibration;
    const bool crosses = calibration > 0 && remainder >= count;
    if (crosses) remainder -= count;
    (crosses ? split.calibration : split.evaluation).push_back(i);
  }
  return split;
}

Dataset subset(const Dataset& dataset, std::span<const std::int64_t> indices) {
  Dataset result;
  result.image_shape = dataset.image_shape;
  result.element = dataset.element;
  result.count = std::ssize(indices);
  const std::size_t bytes = image_bytes(dataset);
  result.raw.reserve(indices.size() * bytes);
  for (const std::int64_t index : indices) {
    RS_CHECK(index >= 0 && index < dataset.count);
    const auto first = dataset.raw.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(index) * bytes);
    result.raw.insert(result.raw.end(), first, first + static_cast<std::ptrdiff_t>(bytes));
    if (dataset.labelled()) result.labels.push_back(dataset.labels[static_cast<std::size_t>(index)]);
  }
  return result;
}

}  // namespace roofscape
