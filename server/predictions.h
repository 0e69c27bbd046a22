// Classes image by image, as EvaluateModel sends them: in messages of a bounded size, with each image's place in the
// stored data set and its label.
#pragma once

#include <vector>

#include "roofscape/v1/service.pb.h"
#include "server/data_choice.h"
#include "server/measure.h"

namespace roofscape::server {

// Fails, before anything is measured, for more images than one call may hold in memory.
Status check_predictable(const DataChoice& choice);

// In the order of the images.
std::vector<v1::Predictions> prediction_messages(const Predictions& predictions, const DataChoice& choice);

}  // namespace roofscape::server
