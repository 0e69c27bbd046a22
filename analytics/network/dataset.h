// Labelled data, kept raw: one set serves networks that were trained with different preparations.
//
//   RS_ASSIGN(Dataset fashion, load_dataset({.images = bytes_of("train-images-idx3-ubyte.gz"), …}));
//   prepare_images(fashion, {.scale = 1.0f / 255}, range, destination);
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/hash.h"
#include "analytics/base/status.h"
#include "analytics/network/tensor.h"

namespace roofscape {

// Network input = (raw·scale − mean)/std, mean and std per channel (axis 0 of an image) or one for all.
struct Preparation {
  double scale = 1;
  std::vector<double> mean{};  // empty: 0
  std::vector<double> std{};   // empty: 1

  bool is_identity() const;
  // Fails unless scale, mean and std are finite, std is not 0 and the counts fit an image of `channels` channels.
  Status validate(std::int64_t channels) const;
  void hash_into(Hasher& hasher) const;
  bool operator==(const Preparation&) const = default;
};

// Images [first, first + count).
struct ImageRange {
  std::int64_t first = 0;
  std::int64_t count = 0;
  bool operator==(const ImageRange&) const = default;
};

struct Dataset {
  enum class Element : std::uint8_t { kUint8, kFloat32 };
  Shape image_shape;  // of one image, e.g. [1, 28, 28]; raw IDX images gain the channel axis
  Element element = Element::kUint8;
  std::vector<std::byte> raw;        // image after image, row-major
  std::vector<std::int32_t> labels;  // one an image, or empty
  std::int64_t count = 0;

  bool labelled() const { return !labels.empty(); }
  std::int64_t class_count() const;  // largest label + 1; 0 without labels
  Digest key() const;                // of shape, element, raw bytes and labels
};

struct DatasetFiles {
  std::string images_name{}, labels_name{};  // for messages only
  std::span<const std::byte> images{};       // IDX, NPY, NPZ or CIFAR binary; each may be gzip-compressed
  std::span<const std::byte> labels{};       // IDX, NPY or NPZ; empty where images carry them, or without labels
  std::int64_t limit = 0;                    // keep the first `limit` images; 0 keeps all
};
struct DatasetLimits {
  std::int64_t bytes = std::int64_t{4} << 30;  // of decompressed images
};

// Recognises the format by content, checks sizes before it allocates. CIFAR-10 binary: rows of 1 + 3,072 bytes.
Result<Dataset> load_dataset(const DatasetFiles& files, const DatasetLimits& limits = {});

// Inflates gzip up to `limit` bytes; more is kResourceExhausted (a decompression bomb). Not gzip: returned as it is.
Result<std::vector<std::byte>> decompress(std::span<const std::byte> bytes, std::int64_t limit);

// Writes prepared images of `range` as floats, in the shape of the data set. `out` holds count·element_count floats.
void prepare_images(const Dataset& dataset, const Preparation& preparation, ImageRange range, std::span<float> out);

// Splits a data set: calibration takes `calibration` images spread evenly over the set, evaluation the rest; the two
// never overlap and depend on nothing but the counts.
struct DataSplit {
  std::vector<std::int64_t> calibration, evaluation;  // image indices, ascending
};
Result<DataSplit> split_dataset(std::int64_t count, std::int64_t calibration);
// The images of `indices`, in that order, as a data set of its own.
Dataset subset(const Dataset& dataset, std::span<const std::int64_t> indices);

}  // namespace roofscape
