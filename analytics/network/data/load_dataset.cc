// From files to a Dataset: recognises the format by content, then turns one array into images, another into labels.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "analytics/base/text.h"
#include "analytics/network/data/array.h"
#include "analytics/network/data/cifar.h"
#include "analytics/network/data/file_bytes.h"
#include "analytics/network/data/npz.h"
#include "analytics/network/data/zip.h"
#include "analytics/network/dataset.h"

namespace roofscape {
namespace {

using data::Array;
using data::ArrayRole;
using data::CifarLayout;
using data::FileBytes;
using data::grouped;

// Far above any published label set; a larger "label" is an identifier or damage.
constexpr std::int64_t kMostClasses = 1'000'000;

std::string quoted(std::string_view name, std::string_view fallback) {
  return name.empty() ? std::string(fallback) : fmt::format("{} '{}'", fallback, printable(name));
}

std::string shape_text(const Shape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += fmt::format("{}{}", i == 0 ? "" : ", ", shape[i]);
  return text + "]";
}

std::int64_t rows_to_keep(std::int64_t rows, std::int64_t limit) { return limit > 0 ? std::min(rows, limit) : rows; }

Result<Array> parse_array(std::span<const std::byte> bytes) {
  return data::is_npy(bytes) ? data::parse_npy(bytes) : data::parse_idx(bytes);
}

Status unrecognised(std::span<const std::byte> bytes, bool images) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (!images)
    return invalid_argument("{} bytes that are neither IDX, NPY nor NPZ (each may be gzipped)", grouped(size));
  const bool sized = size % 3073 == 0 || size % 3074 == 0;
  return invalid_argument(
      "{} bytes that are neither IDX, NPY, NPZ nor CIFAR binary (each may be gzipped); {}", grouped(size),
      sized ? "the size would fit CIFAR, but labels lie outside 0 to 9 (CIFAR-10) or 0 to 99 (CIFAR-100)"
            : "a CIFAR file is a multiple of 3,073 bytes (CIFAR-10) or 3,074 (CIFAR-100)");
}

// [N, H, W] gains a channel axis; everything else is kept as it is.
Result<Shape> image_shape_of(const Array& array) {
  if (array.shape.size() < 2) {
    return invalid_argument("shape {} holds one number an image; were images and labels swapped?",
                            shape_text(array.shape));
  }
  if (array.shape.size() > 7) return unimplemented("shape {} has more than 7 axes", shape_text(array.shape));
  if (std::any_of(array.shape.begin(), array.shape.end(), [](std::int64_t size) { return size == 0; })) {
    return invalid_argument("shape {} holds no values", shape_text(array.shape));
  }
  Shape shape(array.shape.begin() + 1, array.shape.end());
  if (shape.size() == 2) shape.insert(shape.begin(), 1);
  return shape;
}

Status check_finite(std::span<const float> values, std::int64_t elements) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) {
      return invalid_argument("image {} holds {}; values must be finite", static_cast<std::int64_t>(i) / elements,
                              values[i]);
    }
  }
  return {};
}

Status fill_images(const Array& array, std::int64_t limit, std::int64_t byte_limit, Dataset& dataset) {
  RS_ASSIGN(dataset.image_shape, image_shape_of(array));
  dataset.count = rows_to_keep(array.rows(), limit);
  const bool bytes = array.type.kind == data::ElementType::Kind::kUnsigned && array.type.bytes == 1;
  dataset.element = bytes ? Dataset::Element::kUint8 : Dataset::Element::kFloat32;
  Shape kept = dataset.image_shape;
  kept.insert(kept.begin(), dataset.count);
  RS_ASSIGN(const std::int64_t size, data::byte_count(kept, bytes ? 1 : sizeof(float)));
  if (size > byte_limit) {
    return resource_exhausted("the images take {} bytes; the limit is {}", grouped(size), grouped(byte_limit));
  }
  dataset.raw.resize(static_cast<std::size_t>(size));
  if (bytes && !array.fortran_order) {
    std::memcpy(dataset.raw.data(), array.values.data(), dataset.raw.size());
    return {};
  }
  const std::int64_t total = bytes ? size : size / static_cast<std::int64_t>(sizeof(float));
  std::vector<float> chunk(static_cast<std::size_t>(std::min<std::int64_t>(total, 1 << 16)));
  for (std::int64_t first = 0; first < total; first += static_cast<std::int64_t>(chunk.size())) {
    const auto count = static_cast<std::size_t>(std::min<std::int64_t>(total - first, std::ssize(chunk)));
    const std::span<float> values = std::span(chunk).first(count);
    data::read_floats(array, first, values);
    if (bytes) {
      for (std::size_t i = 0; i < count; ++i) {
        dataset.raw[static_cast<std::size_t>(first) + i] = static_cast<std::byte>(values[i]);
      }
      continue;
    }
    RS_TRY(check_finite(values, total / dataset.count));
    std::memcpy(dataset.raw.data() + first * static_cast<std::int64_t>(sizeof(float)), values.data(),
                values.size_bytes());
  }
  return {};
}

Result<std::vector<std::int32_t>> labels_of(const Array& array) {
  const bool column = array.shape.size() == 2 && array.shape[1] == 1;
  if (array.shape.size() != 1 && !column) {
    return invalid_argument("shape {}; labels are one class index an image, shape [N]", shape_text(array.shape));
  }
  if (!array.type.is_integer()) {
    return invalid_argument("{} values; labels are class indices of an integer type", array.type.name());
  }
  if (array.rows() == 0) return invalid_argument("shape {} holds no labels", shape_text(array.shape));
  std::vector<std::int32_t> labels(static_cast<std::size_t>(array.rows()));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    RS_ASSIGN(const std::int64_t label, data::read_integer(array, static_cast<std::int64_t>(i)));
    if (label < 0 || label >= kMostClasses) {
      return out_of_range("label {} is {}; labels are class indices from 0 to {}", i, label, grouped(kMostClasses - 1));
    }
    labels[i] = static_cast<std::int32_t>(label);
  }
  return labels;
}

Dataset cifar_dataset(std::span<const std::byte> bytes, const CifarLayout& layout, std::int64_t limit) {
  Dataset dataset;
  dataset.image_shape = {3, 32, 32};
  dataset.count = rows_to_keep(layout.rows, limit);
  dataset.raw.reserve(static_cast<std::size_t>(dataset.count) * CifarLayout::kPixels);
  for (std::int64_t row = 0; row < dataset.count; ++row) {
    const auto whole = bytes.subspan(static_cast<std::size_t>(row) * layout.row_bytes(), layout.row_bytes());
    dataset.labels.push_back(std::to_integer<std::int32_t>(whole[layout.labels - 1]));
    dataset.raw.insert(dataset.raw.end(), whole.begin() + static_cast<std::ptrdiff_t>(layout.labels), whole.end());
  }
  return dataset;
}

// What one file of images gave: the data set so far, the labels that it carried and how many images it holds in all.
struct LoadedImages {
  Dataset dataset;
  std::optional<std::vector<std::int32_t>> labels;
  std::int64_t rows = 0;
};

Result<LoadedImages> load_npz_images(std::span<const std::byte> bytes, const DatasetFiles& files,
                                     const DatasetLimits& limits) {
  LoadedImages loaded;
  RS_ASSIGN(const auto images, data::read_npz_array(bytes, ArrayRole::kImages, /*required=*/true, limits.bytes));
  if (!data::is_npy(images)) return invalid_argument("the images inside the NPZ file are not an NPY array");
  RS_ASSIGN(const Array array, data::parse_npy(images));
  loaded.rows = array.rows();
  RS_TRY(fill_images(array, files.limit, limits.bytes, loaded.dataset));
  if (!files.labels.empty()) return loaded;
  RS_ASSIGN(const auto labels, data::read_npz_array(bytes, ArrayRole::kLabels, /*required=*/false, limits.bytes));
  if (labels.empty()) return loaded;
  if (!data::is_npy(labels)) return invalid_argument("the labels inside the NPZ file are not an NPY array");
  RS_ASSIGN(const Array label_array, data::parse_npy(labels));
  RS_ASSIGN(loaded.labels, labels_of(label_array));
  return loaded;
}

Result<LoadedImages> load_images(const DatasetFiles& files, const DatasetLimits& limits) {
  if (files.images.empty()) return invalid_argument("the file is empty");
  RS_ASSIGN(const FileBytes file, FileBytes::open(files.images, limits.bytes));
  const std::span<const std::byte> bytes = file.view();
  if (data::Zip::recognises(bytes)) return load_npz_images(bytes, files, limits);
  LoadedImages loaded;
  // A CIFAR file may start with the four bytes of an IDX header by chance, but an IDX file has its labels elsewhere.
  const std::optional<CifarLayout> cifar = data::recognise_cifar(bytes);
  if (data::is_npy(bytes) || (data::is_idx(bytes) && (!cifar || data::parse_idx(bytes).ok()))) {
    RS_ASSIGN(const Array array, parse_array(bytes));
    loaded.rows = array.rows();
    RS_TRY(fill_images(array, files.limit, limits.bytes, loaded.dataset));
    return loaded;
  }
  if (!cifar) return unrecognised(bytes, /*images=*/true);
  loaded.rows = cifar->rows;
  loaded.dataset = cifar_dataset(bytes, *cifar, files.limit);
  return loaded;
}

Result<std::vector<std::int32_t>> load_labels(const DatasetFiles& files, const DatasetLimits& limits) {
  RS_ASSIGN(const FileBytes file, FileBytes::open(files.labels, limits.bytes));
  if (data::Zip::recognises(file.view())) {
    RS_ASSIGN(const auto npy, data::read_npz_array(file.view(), ArrayRole::kLabels, /*required=*/true, limits.bytes));
    if (!data::is_npy(npy)) return invalid_argument("the labels inside the NPZ file are not an NPY array");
    RS_ASSIGN(const Array array, data::parse_npy(npy));
    return labels_of(array);
  }
  if (!data::is_npy(file.view()) && !data::is_idx(file.view())) return unrecognised(file.view(), /*images=*/false);
  RS_ASSIGN(const Array array, parse_array(file.view()));
  return labels_of(array);
}

}  // namespace

Result<Dataset> load_dataset(const DatasetFiles& files, const DatasetLimits& limits) {
  if (files.limit < 0) return invalid_argument("the limit is {} images; use 0 (all) or more", files.limit).at("limit");
  const std::string images_name = quoted(files.images_name, "images");
  auto loaded = load_images(files, limits);
  if (!loaded.ok()) return loaded.status().in(images_name).at("images");
  Dataset dataset = std::move(loaded->dataset);
  if (!files.labels.empty()) {
    if (dataset.labelled()) {
      return invalid_argument("{} carries its own labels; leave {} out", images_name,
                              quoted(files.labels_name, "labels"))
          .at("labels");
    }
    auto labels = load_labels(files, limits);
    if (!labels.ok()) return labels.status().in(quoted(files.labels_name, "labels")).at("labels");
    loaded->labels = std::move(*labels);
  }
  if (loaded->labels) {
    if (std::ssize(*loaded->labels) != loaded->rows) {
      return invalid_argument("{} holds {} images but there are {} labels{}", images_name, grouped(loaded->rows),
                              grouped(std::ssize(*loaded->labels)),
                              files.labels.empty() ? "" : " in " + quoted(files.labels_name, "labels"))
          .at("labels");
    }
    dataset.labels = std::move(*loaded->labels);
    dataset.labels.resize(static_cast<std::size_t>(dataset.count));
  }
  return dataset;
}

}  // namespace roofscape
