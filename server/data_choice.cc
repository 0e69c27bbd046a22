#include "server/data_choice.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "analytics/base/text.h"
#include "server/names.h"

namespace roofscape::server {
namespace {

constexpr std::int64_t kDefaultCalibrationImages = 512;
constexpr double kLargestShare = 0.9;

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

// Of images with what is done to them before a network sees them: the data's part of a MeasurementKey.
Digest measured_key(const Selection& images, const Preparation& preparation) {
  Hasher hasher("evaluation-data/1");
  hasher.add(images.key);
  preparation.hash_into(hasher);
  return hasher.finish();
}

std::vector<std::int64_t> first_images(std::int64_t count) {
  std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

Status check_labels(const StoredDataset& dataset, std::string_view field) {
  if (dataset.data->labelled()) return {};
  return failed_precondition("data set '{}' has no labels, and accuracy needs them", dataset.info.name())
      .at(std::string(field));
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
  return check_labels(dataset, "dataset");
}

Result<StoredDataset> named_dataset(DatasetShelf& shelf, const std::string& name, std::string_view field) {
  RS_ASSIGN(const std::string id, parse_name(kDatasets, name, field));
  auto dataset = shelf.get(id);
  if (!dataset.ok()) return dataset.status().at(std::string(field));
  if (dataset->data->count == 0)
    return failed_precondition("data set '{}' is empty", dataset->info.name()).at(std::string(field));
  return dataset;
}

// Images of another data set: as many as asked for, spread evenly as split_dataset does. The others remain.
Result<DataSplit> calibration_from(const StoredDataset& other, std::int64_t images) {
  const std::int64_t count = other.data->count;
  if (images == 0) images = std::min(kDefaultCalibrationImages, count);
  if (images >= count) return DataSplit{first_images(count), {}};
  return split_dataset(count, images);
}

Status check_confirmation(const v1::ConfirmationSettings& settings) {
  const double share = settings.share();
  if (!settings.dataset().empty()) {
    if (share == 0) return {};
    return invalid_argument(
               "share is {} and dataset is '{}'; name either a share of the evaluation images or another data set, "
               "which confirms whole",
               share, printable(settings.dataset()))
        .at("confirmation.share");
  }
  if (share == 0)
    return invalid_argument("there is neither a share nor a data set; give one, like 'confirmation: {{share: 0.3}}'")
        .at("confirmation");
  if (!(share > 0 && share <= kLargestShare))
    return out_of_range("share is {}; use more than 0 and at most {} of the evaluation images", share, kLargestShare)
        .at("confirmation.share");
  return {};
}

// Takes the share out of `evaluation` and returns it.
Result<std::vector<std::int64_t>> set_aside(double share, std::vector<std::int64_t>* evaluation) {
  const auto count = static_cast<std::int64_t>(evaluation->size());
  if (count < 2)
    return invalid_argument("of {} evaluation images none can be set aside; name another data set to confirm on", count)
        .at("confirmation.share");
  const auto aside = static_cast<std::int64_t>(std::llround(share * static_cast<double>(count)));
  RS_ASSIGN(const DataSplit split, split_dataset(count, std::clamp<std::int64_t>(aside, 1, count - 1)));
  const auto images_at = [&](const std::vector<std::int64_t>& places) {
    std::vector<std::int64_t> images;
    images.reserve(places.size());
    for (const std::int64_t place : places) images.push_back((*evaluation)[static_cast<std::size_t>(place)]);
    return images;
  };
  std::vector<std::int64_t> confirming = images_at(split.calibration);
  *evaluation = images_at(split.evaluation);
  return confirming;
}

// Another data set whose images calibrate: its key, and which of its images are left.
struct Calibrating {
  std::string key;
  std::vector<std::int64_t> left;
};

Result<Selection> confirmation_from(const StoredDataset& other, const StoredDataset& searched,
                                    const std::optional<Calibrating>& calibrating) {
  const std::string field = "confirmation.dataset";
  RS_TRY(check_labels(other, field));
  if (other.info.key() == searched.info.key())
    return invalid_argument(
               "data set '{}' holds the images that the search uses; name another one, or set a share of it aside with "
               "'confirmation: {{share: 0.3}}'",
               other.info.name())
        .at(field);
  if (!calibrating || other.info.key() != calibrating->key) return select(other, std::nullopt);
  if (calibrating->left.empty())
    return invalid_argument("calibration takes all {} images of data set '{}', and none is left to confirm on",
                            other.data->count, other.info.name())
        .at(field);
  return select(other, calibrating->left);
}

}  // namespace

Result<DataChoice> choose_data(DatasetShelf& shelf, const StoredDataset& dataset,
                               const v1::CalibrationSettings& settings, CalibrationNeed need, std::int64_t limit,
                               std::string_view limit_field, const Preparation& preparation,
                               const v1::ConfirmationSettings* confirmation) {
  RS_TRY(check_counts(dataset, settings, limit, limit_field));
  if (confirmation != nullptr) RS_TRY(check_confirmation(*confirmation));
  const std::int64_t count = dataset.data->count;
  DataChoice choice;
  std::optional<std::vector<std::int64_t>> evaluation;
  std::optional<Calibrating> calibrating;

  if (need == CalibrationNeed::kNeeded) {
    Selection calibration;
    if (!settings.dataset().empty()) {
      RS_ASSIGN(const StoredDataset other, named_dataset(shelf, settings.dataset(), "calibration.dataset"));
      RS_ASSIGN(DataSplit split, calibration_from(other, settings.images()));
      calibration = select(other, split.calibration);
      calibrating = Calibrating{other.info.key(), std::move(split.evaluation)};
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
  if (confirmation != nullptr) {
    Selection confirming;
    if (!confirmation->dataset().empty()) {
      RS_ASSIGN(const StoredDataset other, named_dataset(shelf, confirmation->dataset(), "confirmation.dataset"));
      RS_ASSIGN(confirming, confirmation_from(other, dataset, calibrating));
    } else {
      if (!evaluation) evaluation = first_images(count);
      RS_ASSIGN(const auto images, set_aside(confirmation->share(), &*evaluation));
      confirming = select(dataset, images);
    }
    choice.confirmation = confirming.data;
    choice.confirmation_key = measured_key(confirming, preparation);
  }
  if (limit > 0) {
    if (!evaluation) evaluation = first_images(std::min(limit, count));
    evaluation->resize(std::min(evaluation->size(), static_cast<std::size_t>(limit)));
  }
  const Selection chosen = select(dataset, evaluation);
  choice.evaluation = chosen.data;
  if (evaluation) choice.evaluation_indices = std::make_shared<const std::vector<std::int64_t>>(std::move(*evaluation));
  choice.data_key = measured_key(chosen, preparation);
  return choice;
}

Status check_fit(const Network& network, const Preparation& preparation, const Dataset& data,
                 const engine::EngineOptions& options, std::string_view field) {
  const std::int64_t outputs = element_count(network.output_shape());
  if (data.class_count() > outputs)
    return invalid_argument("the data has labels up to {}, and the network gives {} classes, 0 to {}",
                            data.class_count() - 1, outputs, outputs - 1)
        .at(std::string(field));
  engine::MeasureOptions one;
  one.range = ImageRange{0, 1};
  const std::vector<const Network*> networks{&network};
  const auto counts = engine::Engine(options).measure(networks, 0, data, preparation, one);
  return counts.ok() ? Status() : counts.status().at(std::string(field));
}

}  // namespace roofscape::server
