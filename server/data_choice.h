// Which images calibrate and which evaluate: decided here for stand-alone evaluations and explorations alike, so that
// both measure the same images and share their measurements.
//
//   RS_ASSIGN(DataChoice choice, choose_data(shelf, fashion, settings, CalibrationNeed::kNeeded, limit, preparation));
#pragma once

#include <memory>
#include <vector>

#include "analytics/engine/engine.h"
#include "roofscape/v1/exploration.pb.h"
#include "server/dataset_shelf.h"

namespace roofscape::server {

struct DataChoice {
  std::shared_ptr<const Dataset> calibration;  // null when nothing needs calibration
  std::shared_ptr<const Dataset> evaluation;
  Digest calibration_key;  // of the calibration images
  Digest data_key;         // of evaluation images, labels and preparation: MeasurementKey::data
  // Where the evaluation images stand in the stored data set; null: each at its own place.
  std::shared_ptr<const std::vector<std::int64_t>> evaluation_indices;
};

// kNone: no images are set aside, so that published accuracies can be reproduced.
enum class CalibrationNeed { kNone, kNeeded };

// `limit`: evaluate on the first so many images; 0: all. Field paths: "calibration.images", `limit_field` …
Result<DataChoice> choose_data(DatasetShelf& shelf, const StoredDataset& dataset,
                               const v1::CalibrationSettings& settings, CalibrationNeed need, std::int64_t limit,
                               std::string_view limit_field, const Preparation& preparation);

// Whether the model can be measured on the data at all: shapes, classes, preparation. Measures one image.
Status check_fit(const Network& network, const Preparation& preparation, const Dataset& data,
                 const engine::EngineOptions& options);

}  // namespace roofscape::server
