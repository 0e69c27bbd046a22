// The store: everything that the daemon must remember.
//
// Promises. A call that writes returns ok only when what it wrote survives `kill -9` and a power cut (WAL,
// synchronous=FULL; files are written to a temporary name, synced, renamed, and their folder synced, before the row
// that names them is committed). A reader sees all of a write or nothing of it. Blobs are verified against their hash
// when they are read. One process owns a data folder (a lock file); one thread writes at a time, readers do not wait
// for it.
//
// Rows land in the order in which they are needed: blob, then the model or data set that names it, then the
// exploration, then measurements, then the evaluations that rest on them, then the exploration's counters; those of one
// batch of evaluations in one transaction.
//
// All functions are thread-safe. Errors: kNotFound, kAlreadyExists, kFailedPrecondition, kResourceExhausted (disk
// full), kUnavailable (database locked for too long, data folder in use), kDataLoss (a damaged row or file, named).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/hash.h"
#include "analytics/base/status.h"

namespace roofscape::v1 {
class Calibration;
class Counts;
class Dataset;
class Evaluation;
class Exploration;
class Model;
class Platform;
}  // namespace roofscape::v1

namespace roofscape::db {

// Identifies a measurement: equal keys give equal counts, whoever measures.
struct MeasurementKey {
  Digest network;    // Network::key()
  Digest reference;  // key of the network against which agreement was taken
  // Of evaluation images, labels and preparation; of a probe, which measures one choice alone, of the first so many
  // calibration images (server/probe_store.h): other images, so never the same key.
  Digest data;
  std::string fingerprint;  // Engine::fingerprint()
};

// A page of a list: rows after `token` (empty: from the start), at most `size`.
struct Page {
  int size = 100;     // 0 stands for 100; never more than 1000
  std::string token;  // kInvalidArgument unless it is a next_token of the same list
};
template <typename T>
struct Listed {
  std::vector<T> rows;
  std::string next_token;  // empty: that was all
};

class Store {
 public:
  virtual ~Store() = default;

  // --- blobs: content-addressed files (ONNX, data sets) ---
  // Writing a blob that is there already is ok and does nothing; kInvalidArgument if the bytes have another hash. A
  // blob lives until the last model or data set that names it is deleted.
  virtual Status put_blob(const Digest& sha256, std::span<const std::byte> bytes) = 0;
  virtual Result<std::vector<std::byte>> get_blob(const Digest& sha256) = 0;

  // --- models, data sets, platforms: by id (without "models/"), with the blobs that they rest on ---
  // Put: kAlreadyExists if the id holds something with another content_sha256, preparation or key (an equal one answers
  // ok and keeps the first); kFailedPrecondition if its blob is not stored. Delete: kFailedPrecondition, naming one,
  // while an exploration uses it. Lists go by id.
  virtual Status put_model(const v1::Model& model) = 0;
  virtual Result<v1::Model> get_model(std::string_view id) = 0;
  virtual Result<Listed<v1::Model>> list_models(const Page& page) = 0;
  virtual Status delete_model(std::string_view id) = 0;

  // A data set's blob is its raw images followed by its labels, as db/ neither reads nor cares.
  virtual Status put_dataset(const v1::Dataset& dataset, const Digest& blob) = 0;
  virtual Result<v1::Dataset> get_dataset(std::string_view id) = 0;
  virtual Result<Digest> get_dataset_blob(std::string_view id) = 0;
  virtual Result<Listed<v1::Dataset>> list_datasets(const Page& page) = 0;
  virtual Status delete_dataset(std::string_view id) = 0;

  // Imported platforms only; the built-in ones are not stored. Put replaces.
  virtual Status put_platform(const v1::Platform& platform) = 0;
  virtual Result<v1::Platform> get_platform(std::string_view id) = 0;
  virtual Result<Listed<v1::Platform>> list_platforms(const Page& page) = 0;
  virtual Status delete_platform(std::string_view id) = 0;

  // What people learned from their own measurements; the calibration that ships is not stored. Put replaces.
  virtual Status put_calibration(std::string_view id, const v1::Calibration& calibration) = 0;
  virtual Result<v1::Calibration> get_calibration(std::string_view id) = 0;
  virtual Status delete_calibration(std::string_view id) = 0;

  // --- explorations: by id (without "explorations/") ---
  // With a request id that an exploration was created with before: that exploration, nothing stored. kAlreadyExists if
  // the id is taken, kNotFound if its model or a data set is not stored. Sets state (QUEUED) and times where they are
  // not set.
  virtual Result<v1::Exploration> create_exploration(const v1::Exploration& exploration,
                                                     std::string_view request_id) = 0;
  virtual Result<v1::Exploration> get_exploration(std::string_view id) = 0;
  // Newest first; `state` 0 for all, otherwise an ExplorationState.
  virtual Result<Listed<v1::Exploration>> list_explorations(const Page& page, int state = 0) = 0;
  // Reads, lets `change` edit, writes, in one transaction; `change` may refuse with a Status. update_time is set. Name,
  // model, data sets and platforms stay what they are (kInternal otherwise). `change` may run in another thread and
  // must not write to the store.
  virtual Result<v1::Exploration> update_exploration(std::string_view id,
                                                     const std::function<Status(v1::Exploration&)>& change) = 0;
  // With its evaluations; its measurements stay. kFailedPrecondition while it is QUEUED or RUNNING.
  virtual Status delete_exploration(std::string_view id) = 0;
  // After a crash: every RUNNING exploration is QUEUED again. Returns their ids and those QUEUED before, oldest first.
  virtual Result<std::vector<std::string>> recover() = 0;

  // --- measurements: shared by all explorations ---
  virtual Result<std::optional<v1::Counts>> find_measurement(const MeasurementKey& key) = 0;
  // Idempotent; kInternal if a different result is stored under the key. Of two results on different numbers of images
  // (Counts.image_count) the one on more stays; Counts.looks say how things stood earlier, and are added where they are
  // missing: the one on fewer is a look of the one on more.
  virtual Status put_measurement(const MeasurementKey& key, const v1::Counts& counts) = 0;
  // Several in one transaction.
  struct Measurement {
    MeasurementKey key;
    const v1::Counts* counts = nullptr;
  };
  virtual Status put_measurements(std::span<const Measurement> measurements) = 0;

  // --- evaluations ---
  struct MeasuredEvaluation {
    MeasurementKey key;
    const v1::Evaluation* evaluation = nullptr;  // index, network_key and counts are set
    const v1::Counts* measurement = nullptr;     // the same counts with their looks; null: those of the evaluation
  };
  // One transaction: the measurements, the evaluations and `change` (may be empty) on the exploration, as in
  // update_exploration. Storing an equal evaluation again is ok; a different one under the same index is kInternal.
  virtual Status put_evaluations(std::string_view exploration, std::span<const MeasuredEvaluation> evaluations,
                                 const std::function<Status(v1::Exploration&)>& change) = 0;
  virtual Result<v1::Evaluation> get_evaluation(std::string_view exploration, std::int64_t index) = 0;
  // By index, from `first`, at most `count`.
  virtual Result<std::vector<v1::Evaluation>> list_evaluations(std::string_view exploration, std::int64_t first,
                                                               std::int64_t count) = 0;
};

class FileSystem;  // db/file_system.h

struct StoreOptions {
  // Name of an SQLite VFS; empty: the default. Tests give one that loses unsynced writes.
  std::string vfs;
  // Where blobs are written; null: the machine's file system. Outlives the store.
  FileSystem* files = nullptr;
  // How long to wait for a locked database.
  double busy_seconds = 5;
};

// Opens or creates the store in `folder`; applies missing migrations; refuses a database newer than this program.
Result<std::unique_ptr<Store>> open_store(const std::string& folder, const StoreOptions& options = {});

}  // namespace roofscape::db
