// The store on SQLite. Its operations stand in the files named after what they are about: blobs.cc, models.cc,
// datasets.cc, platforms.cc, calibrations.cc, explorations.cc, measurements.cc, evaluations.cc.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "db/database.h"
#include "db/store.h"

namespace roofscape::db {

class SqliteStore final : public Store {
 public:
  explicit SqliteStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  Status put_blob(const Digest& sha256, std::span<const std::byte> bytes) override;
  Result<std::vector<std::byte>> get_blob(const Digest& sha256) override;

  Status put_model(const v1::Model& model) override;
  Result<v1::Model> get_model(std::string_view id) override;
  Result<Listed<v1::Model>> list_models(const Page& page) override;
  Status delete_model(std::string_view id) override;

  Status put_dataset(const v1::Dataset& dataset, const Digest& blob) override;
  Result<v1::Dataset> get_dataset(std::string_view id) override;
  Result<Digest> get_dataset_blob(std::string_view id) override;
  Result<Listed<v1::Dataset>> list_datasets(const Page& page) override;
  Status delete_dataset(std::string_view id) override;

  Status put_platform(const v1::Platform& platform) override;
  Result<v1::Platform> get_platform(std::string_view id) override;
  Result<Listed<v1::Platform>> list_platforms(const Page& page) override;
  Status delete_platform(std::string_view id) override;

  Status put_calibration(std::string_view id, const v1::Calibration& calibration) override;
  Result<v1::Calibration> get_calibration(std::string_view id) override;
  Status delete_calibration(std::string_view id) override;

  Result<v1::Exploration> create_exploration(const v1::Exploration& exploration, std::string_view request_id) override;
  Result<v1::Exploration> get_exploration(std::string_view id) override;
  Result<Listed<v1::Exploration>> list_explorations(const Page& page, int state) override;
  Result<v1::Exploration> update_exploration(std::string_view id,
                                             const std::function<Status(v1::Exploration&)>& change) override;
  Status delete_exploration(std::string_view id) override;
  Result<std::vector<std::string>> recover() override;

  Result<std::optional<v1::Counts>> find_measurement(const MeasurementKey& key) override;
  Status put_measurement(const MeasurementKey& key, const v1::Counts& counts) override;
  Status put_measurements(std::span<const Measurement> measurements) override;

  Status put_evaluations(std::string_view exploration, std::span<const MeasuredEvaluation> evaluations,
                         const std::function<Status(v1::Exploration&)>& change) override;
  Result<v1::Evaluation> get_evaluation(std::string_view exploration, std::int64_t index) override;
  Result<std::vector<v1::Evaluation>> list_evaluations(std::string_view exploration, std::int64_t first,
                                                       std::int64_t count) override;

 private:
  // Runs `insert` in a transaction if the blob that the new row names is stored. If the name is taken the blob goes.
  Status write_naming(const Digest& blob, const Writer::Work& insert);
  // Deletes a row of `table`, then its blob if no other row names that.
  Status delete_with_blob(const struct ResourceTable& table, std::string_view id);

  // These two need naming_. Takes one claim back; removes the blob if nobody waits for it and no row names it.
  void release(const Digest& blob);
  void remove_unless_needed(const Digest& blob);

  std::unique_ptr<Database> database_;
  // Held while blobs and the rows that name them are written or deleted, so that no blob is deleted under a row that is
  // about to name it. unclaimed_: how often a blob was put since the store was opened without a row naming it yet.
  std::mutex naming_;
  std::map<Digest, int> unclaimed_;
};

}  // namespace roofscape::db
