#include "tests/bench/yardstick/resources.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <vector>

#include "analytics/base/text.h"
#include "tests/support/shared_data.h"

namespace roofscape::bench {
namespace {

enum class Place { kTree, kShared, kFashion };

struct ModelEntry {
  const char* name;
  Place place;
  const char* file;
  double scale;
};
constexpr std::array kModels = {
    ModelEntry{"dense", Place::kTree, "tests/bench/networks/dense.onnx", 1.0 / 255},
    ModelEntry{"depthwise", Place::kTree, "tests/bench/networks/depthwise.onnx", 1.0 / 255},
    ModelEntry{"lenet5", Place::kTree, "examples/fashion-lenet/lenet5.onnx", 1.0 / 255},
    ModelEntry{"lstm", Place::kShared, "models/mnist_lstm20_from_int8_dequant.onnx", 1.0 / 255},
    ModelEntry{"mnist-8", Place::kShared, "models/mnist-8_onnxjs-demo.onnx", 1},
    ModelEntry{"resnet8", Place::kShared, "models/mlperftiny_ic_resnet8.onnx", 1},
};

struct DatasetEntry {
  const char* name;
  Place place;
  const char *images, *labels;
};
constexpr std::array kDatasets = {
    DatasetEntry{"cifar", Place::kShared, "cifar10/cifar10_test_lossless_9886.bin.gz", ""},
    DatasetEntry{"cifar-train", Place::kShared, "cifar10/cifar10_train5000.bin.gz", ""},
    DatasetEntry{"fashion", Place::kFashion, "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"},
    DatasetEntry{"fashion-train", Place::kFashion, "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"},
    DatasetEntry{"mnist", Place::kShared, "mnist/t10k-images-idx3-ubyte.gz", "mnist/t10k-labels-idx1-ubyte.gz"},
    DatasetEntry{"mnist-train", Place::kShared, "mnist/train-images-idx3-ubyte.gz", "mnist/train-labels-idx1-ubyte.gz"},
};

template <typename Entries>
auto find(const Entries& entries, std::string_view what, const std::string& name)
    -> Result<typename Entries::value_type> {
  std::vector<std::string> known;
  for (const auto& entry : entries) {
    if (entry.name == name) return entry;
    known.emplace_back(entry.name);
  }
  return invalid_argument("the bench knows no {} '{}'{}", what, printable(name), suggestion(name, known));
}

Result<std::string> existing(Place place, const std::string& file) {
  if (place == Place::kShared) {
    if (auto path = shared_data(file)) return *std::move(path);
    return not_found("{} is not among the shared data; set ROOFSCAPE_DATA to the folder that holds it", file);
  }
  const std::string path =
      place == Place::kTree ? ROOFSCAPE_SOURCE_DIR "/" + file : "/usr/share/datasets/fashion-mnist/" + file;
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error)) return path;
  return not_found("{} is not there{}", path,
                   place == Place::kFashion ? "; install Debian's package dataset-fashion-mnist" : "");
}

}  // namespace

Result<ModelSource> find_model_source(const std::string& name) {
  RS_ASSIGN(const ModelEntry entry, find(kModels, "model", name));
  RS_ASSIGN(std::string file, existing(entry.place, entry.file));
  return ModelSource{std::move(file), entry.scale};
}

Result<DatasetSource> find_dataset_source(const std::string& name) {
  RS_ASSIGN(const DatasetEntry entry, find(kDatasets, "data set", name));
  DatasetSource source;
  RS_ASSIGN(source.images, existing(entry.place, entry.images));
  if (*entry.labels != '\0') {
    RS_ASSIGN(source.labels, existing(entry.place, entry.labels));
  }
  return source;
}

}  // namespace roofscape::bench
