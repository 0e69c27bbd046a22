#include "analytics/engine/images.h"

#include <optional>

namespace roofscape::engine {

Result<ImageFeed> ImageFeed::create(const Dataset& dataset, const Preparation& preparation, const Shape& input) {
  const Shape& image = dataset.image_shape;
  if (element_count(image) != element_count(input))
    return invalid_argument("the network takes {} ({} values), but the data's images are {} ({} values)",
                            to_string(input), element_count(input), to_string(image), element_count(image));
  RS_TRY(preparation.validate(image.empty() ? 1 : image[0]));
  ImageFeed feed;
  feed.dataset_ = &dataset;
  feed.preparation_ = &preparation;
  feed.elements_ = element_count(image);
  if (image != input && image.size() == 3 && input.size() == 3) {
    if (input == Shape{image[1], image[2], image[0]}) {  // channels first → channels last
      feed.rows_ = image[0];
      feed.columns_ = image[1] * image[2];
    } else if (input == Shape{image[2], image[0], image[1]}) {  // channels last → channels first
      feed.rows_ = image[0] * image[1];
      feed.columns_ = image[2];
    }
  }
  return feed;
}

void ImageFeed::write(ImageRange range, float* out) const {
  const auto values = static_cast<std::size_t>(range.count * elements_);
  if (rows_ == 0) {
    prepare_images(*dataset_, *preparation_, range, std::span(out, values));
    return;
  }
  std::vector<float> image(static_cast<std::size_t>(elements_));
  for (std::int64_t n = 0; n < range.count; ++n) {
    prepare_images(*dataset_, *preparation_, {range.first + n, 1}, image);
    for (std::int64_t r = 0; r < rows_; ++r)
      for (std::int64_t c = 0; c < columns_; ++c)
        out[n * elements_ + c * rows_ + r] = image[static_cast<std::size_t>(r * columns_ + c)];
  }
}

Result<ImageRange> checked_range(const Dataset& dataset, const std::optional<ImageRange>& range) {
  if (!range) {
    if (dataset.count < 1) return invalid_argument("the data set holds no images");
    return ImageRange{0, dataset.count};
  }
  if (range->first < 0 || range->count < 1 || range->first > dataset.count ||
      range->count > dataset.count - range->first)
    return out_of_range("images {} to {} are asked for; the data set holds {}", range->first,
                        range->first + range->count, dataset.count);
  return *range;
}

Status check_labels(const Dataset& dataset, ImageRange range, std::int64_t classes) {
  if (!dataset.labelled()) return {};
  for (std::int64_t i = range.first; i < range.first + range.count; ++i) {
    const std::int32_t label = dataset.labels[static_cast<std::size_t>(i)];
    if (label < 0 || label >= classes)
      return invalid_argument("image {} has label {}; the network gives {} classes, so labels must be 0 to {}", i,
                              label, classes, classes - 1);
  }
  return {};
}

}  // namespace roofscape::engine
