// Classes image by image as comma-separated values: what a measured network and its fp32 original say of each image.
//
//   PredictionsCsv csv;
//   csv.add(message.predictions());          // as the server sends them, in the order of the images
//   csv.to_text();                           // "image,label,predicted,fp32\n0,9,9,9\n…"
#pragma once

#include <cstdint>
#include <string>

#include "analytics/base/status.h"
#include "client/text/csv.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

class PredictionsCsv {
 public:
  // INTERNAL where the lists of a message differ in length.
  Status add(const v1::Predictions& predictions);
  std::int64_t images() const { return images_; }
  const std::string& to_text() const { return csv_.to_text(); }

 private:
  Csv csv_{{"image", "label", "predicted", "fp32"}};
  std::int64_t images_ = 0;
};

}  // namespace roofscape::client
