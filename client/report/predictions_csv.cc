#include "client/report/predictions_csv.h"

namespace roofscape::client {

Status PredictionsCsv::add(const v1::Predictions& predictions) {
  const int count = predictions.images_size();
  const bool labelled = predictions.labels_size() > 0;
  if (predictions.predicted_size() != count || predictions.reference_size() != count ||
      (labelled && predictions.labels_size() != count))
    return internal_error("the server sent {} images with {} labels and {} and {} classes", count,
                          predictions.labels_size(), predictions.predicted_size(), predictions.reference_size());
  for (int i = 0; i < count; ++i)
    csv_.add({std::to_string(predictions.images(i)), labelled ? std::to_string(predictions.labels(i)) : "",
              std::to_string(predictions.predicted(i)), std::to_string(predictions.reference(i))});
  images_ += count;
  return {};
}

}  // namespace roofscape::client
