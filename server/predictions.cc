#include "server/predictions.h"

#include <algorithm>

namespace roofscape::server {
namespace {

constexpr std::int64_t kMostImages = std::int64_t{1} << 20;  // of one call: about 30 bytes each
constexpr std::int64_t kImagesOfMessage = 32'768;            // of at most 20 bytes each: below 1 MiB

}  // namespace

Status check_predictable(const DataChoice& choice) {
  if (choice.evaluation->count <= kMostImages) return {};
  return out_of_range("predictions of {} images are asked for; at most {} go into one call, so set image_limit",
                      choice.evaluation->count, kMostImages)
      .at("predictions");
}

std::vector<v1::Predictions> prediction_messages(const Predictions& predictions, const DataChoice& choice) {
  const Dataset& data = *choice.evaluation;
  std::vector<v1::Predictions> messages;
  for (std::int64_t first = 0; first < data.count; first += kImagesOfMessage) {
    v1::Predictions& message = messages.emplace_back();
    for (std::int64_t image = first; image < std::min(data.count, first + kImagesOfMessage); ++image) {
      const auto i = static_cast<std::size_t>(image);
      message.add_images(choice.evaluation_indices ? (*choice.evaluation_indices)[i] : image);
      if (data.labelled()) message.add_labels(data.labels[i]);
      message.add_predicted(predictions.predicted[i]);
      message.add_reference(predictions.reference[i]);
    }
  }
  return messages;
}

}  // namespace roofscape::server
