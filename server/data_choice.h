// Which images calibrate, which evaluate and which confirm: decided here for stand-alone evaluations and explorations
// alike, so that both measure the same images and share their measurements.
//
//   RS_ASSIGN(DataChoice choice, choose_data(shelf, fashion, settings, CalibrationNeed::kNeeded, limit, "image_limit",
//                                            preparation));
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
  // What a search never uses; null where nothing is to be confirmed.
  std::shared_ptr<const Dataset> confirmation;
  Digest confirmation_key;  // as data_key, of these images
};

// kNone: no images are set aside, so that published accuracies can be reproduced.
enum class CalibrationNeed { kNone, kNeeded };

// `limit`: evaluate on the first so many images; 0: all. `confirmation`: null for none. Its share is taken, spread
// evenly, from the images that calibration leaves and before the limit, so that a limit makes a search cheaper and its
// confirmation no worse. Of another data set all images confirm, but those that calibrate. Field paths:
// "calibration.images", "confirmation.share", `limit_field` …
Result<DataChoice> choose_data(DatasetShelf& shelf, const StoredDataset& dataset,
                               const v1::CalibrationSettings& settings, CalibrationNeed need, std::int64_t limit,
                               std::string_view limit_field, const Preparation& preparation,
                               const v1::ConfirmationSettings* confirmation = nullptr);

// Whether the model can be measured on the data at all: shapes, classes, preparation. Measures one image. `field`:
// where the data set is named.
Status check_fit(const Network& network, const Preparation& preparation, const Dataset& data,
                 const engine::EngineOptions& options, std::string_view field = "dataset");

}  // namespace roofscape::server
