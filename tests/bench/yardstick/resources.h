// The models and data sets that explorations of the bench name, and where their files are: in this tree, in
// $ROOFSCAPE_DATA (else ../shared/data beside it), or where Debian's package dataset-fashion-mnist puts its own.
//
//   RS_ASSIGN(const ModelSource source, find_model_source("resnet8"));
//   source.file, source.scale
#pragma once

#include <string>

#include "analytics/base/status.h"

namespace roofscape::bench {

struct ModelSource {
  std::string file;
  double scale = 1;  // on raw pixels
};

struct DatasetSource {
  std::string images;
  std::string labels;  // empty: the images' file carries them
};

// kInvalidArgument for a name that the bench does not know; kNotFound, naming what is missing, where a file is not on
// this machine.
Result<ModelSource> find_model_source(const std::string& name);
Result<DatasetSource> find_dataset_source(const std::string& name);

}  // namespace roofscape::bench
