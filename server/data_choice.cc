#include "server/data_choice.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "server/names.h"

namespace roofscape::server {
namespace {

constexpr std::int64_t kDefaultCalibrationImages = 512;

// Images of a stored data set: all of them, or those of some indices.
struct Selection {
  std::shared_ptr<const Dataset> data;
  Digest key;
};

Selection select(const StoredDataset& from, const std::optional<std::vector<std::int64_t>>& indices) {
  Hasher hasher("images/1");
  hasher.add(from.info.key());
  const bool all = !indices || static_cast<std::int64_t>(indices->size()) == from.data->count;
  if (!all) hasher.add_range(std::span<const std::int64_t>(*indices));
  return {all ? from.data : std::make_shared<const Dataset>(subset(*from.data, *indices)), hasher.finish()};
}

std::vector<std::int64_t> first_images(std::int64_t count) {
  std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

Status check_counts(const StoredDataset& dataset, const v1::CalibrationSettings& settings, std::int64_t limit,
                    std::string_view limit_field) {
  if (settings.images() < 0)
    return invalid_argument("images is {}; use 0 (for the default) or more", settings.images())
        .at("calibration.images");
  if (limit < 0)
    return invalid_argument("{} is {}; use 0 (for all images) or more", limit_field, limit)
        .at(std::string(limit_field));
  if (dataset.data->count == 0) return failed_precondition("data set '{}' is empty", dataset.info.name());
  if (!dataset.data->labelled())
    return failed_precondition("data set '{}' has no labels, and accuracy needs them", dataset.info.name())
        .at("dataset");
  return {};
}

// Images of another data set: as many as asked for, spread evenly as split_dataset does.
Result<Selection> calibration_from(const StoredDataset& other, std::int64_t images) {
  const std::int64_t count = other.data->count;
  if (count == 0) return failed_precondition("data set '{}' is empty", other.info.name()).at("calibration.dataset");
  if (images == 0) images = std::min(kDefaultCalibrationImages, count);
  if (images >= count) return select(other, std::nullopt);
  RS_ASSIGN(const DataSplit split, split_dataset(count, images));
  return select(other, split.calibration);
}

}  // namespace

Result<DataChoice> choose_data(DatasetShelf& shelf, const StoredDataset& dataset,
                               const v1::CalibrationSettings& settings, CalibrationNeed need, std::int64_t limit,
                               std::string_view limit_field, const Preparation& preparation) {
  RS_TRY(check_counts(dataset, settings, limit, limit_field));
  const std::int64_t count = dataset.data->count;
  DataChoice choice;
  std::optional<std::vector<std::int64_t>> evaluation;

  if (need == CalibrationNeed::kNeeded) {
    Selection calibration;
    if (!settings.dataset().empty()) {
      RS_ASSIGN(const std::string id, parse_name(kDatasets, settings.dataset(), "calibration.dataset"));
      auto other = shelf.get(id);
      if (!other.ok()) return other.status().at("calibration.dataset");
      RS_ASSIGN(calibration, calibration_from(*other, settings.images()));
    } else {
      const std::int64_t images =
          settings.images() > 0 ? settings.images() : std::min(kDefaultCalibrationImages, count / 8);
      if (images < 1 || images >= count)
        return invalid_argument(
                   "{} of {} images cannot be set aside for calibration; leave at least one for each part, or name "
                   "another data set to calibrate on",
                   images, count)
            .at("calibration.images");
      RS_ASSIGN(DataSplit split, split_dataset(count, images));
      calibration = select(dataset, split.calibration);
      evaluation = std::move(split.evaluation);
    }
    choice.calibration = calibration.data;
    choice.calibration_key = calibration.key;
  }
  if (limit > 0) {
    if (!evaluation) evaluation = first_images(std::min(limit, count));
    evaluation->resize(std::min(evaluation->size(), static_cast<std::size_t>(limit)));
  }
  const Selection chosen = select(dataset, evaluation);
  choice.evaluation = chosen.data;
  if (evaluation) choice.evaluation_indices = std::make_shared<const std::vector<std::int64_t>>(std::move(*evaluation));
  Hasher hasher("evaluation-data/1");
  hasher.add(chosen.key);
  preparation.hash_into(hasher);
  choice.data_key = hasher.finish();
  return choice;
}

Status check_fit(const Network& network, const Preparation& preparation, const Dataset& data,
                 const engine::EngineOptions& options) {
  const std::int64_t outputs = element_count(network.output_shape());
  if (data.class_count() > outputs)
    return invalid_argument("the data has labels up to {}, and the network gives {} classes, 0 to {}",
                            data.class_count() - 1, outputs, outputs - 1)
        .at("dataset");
  engine::MeasureOptions one;
  one.range = ImageRange{0, 1};
  const std::vector<const Network*> networks{&network};
  const auto counts = engine::Engine(options).measure(networks, 0, data, preparation, one);
  return counts.ok() ? Status() : counts.status().at("dataset");
}

}  // namespace roofscape::server
