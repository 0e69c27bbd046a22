#include "tests/bench/yardstick/job_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <span>
#include <vector>

#include "db/store.h"
#include "proto/yaml_reader.h"
#include "server/backend.h"
#include "tests/bench/yardstick/resources.h"

namespace roofscape::bench {
namespace {

Result<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return not_found("{} cannot be read", path);
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

// A new folder, removed with all in it at the end of the scope.
class Folder {
 public:
  static Result<Folder> create() {
    std::string pattern = (std::filesystem::temp_directory_path() / "roofscape-yardstick-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) return unavailable("no folder {} can be made", pattern);
    return Folder(std::move(pattern));
  }
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Folder(Folder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Folder& operator=(Folder&&) = delete;
  const std::string& path() const { return path_; }

 private:
  explicit Folder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

Status import_model(server::Backend& backend, const std::string& name) {
  RS_ASSIGN(const ModelSource source, find_model_source(name));
  RS_ASSIGN(const std::string onnx, read_text(source.file));
  v1::Preparation preparation;
  preparation.set_scale(source.scale);
  return backend.models.import(name, preparation, std::as_bytes(std::span(onnx))).status();
}

Status import_dataset(server::Backend& backend, const std::string& name) {
  RS_ASSIGN(const DatasetSource source, find_dataset_source(name));
  RS_ASSIGN(const std::string images, read_text(source.images));
  std::string labels;
  if (!source.labels.empty()) {
    RS_ASSIGN(labels, read_text(source.labels));
  }
  DatasetFiles files;
  files.images_name = source.images;
  files.labels_name = source.labels;
  files.images = std::as_bytes(std::span(images));
  files.labels = std::as_bytes(std::span(labels));
  return backend.datasets.import(name, files).status();
}

Digest key_of(v1::ExplorationSpec spec, const server::PreparedJob& prepared) {
  spec.clear_id();
  spec.clear_search();
  Hasher hasher("yardstick-job/1");
  hasher.add(write_yaml(spec));
  for (const auto& [what, key] : prepared.content_keys) hasher.add(what).add(key);
  return hasher.finish();
}

}  // namespace

Result<JobFile> read_job(const std::string& path, const JobOverrides& overrides) {
  RS_ASSIGN(const std::string text, read_text(path));
  v1::ExplorationSpec spec;
  RS_ASSIGN(const YamlPositions positions, read_yaml(text, path, &spec));
  if (!overrides.searcher.empty()) spec.mutable_search()->set_searcher(overrides.searcher);
  if (overrides.evaluations > 0) spec.mutable_search()->set_evaluations(overrides.evaluations);

  RS_ASSIGN(const Folder folder, Folder::create());
  RS_ASSIGN(auto store, db::open_store(folder.path()));
  server::Settings settings;
  settings.workers = overrides.threads;
  server::Backend backend(settings, std::move(store));
  RS_TRY(import_model(backend, spec.model()));
  std::set<std::string> datasets = {spec.dataset()};
  if (!spec.calibration().dataset().empty()) datasets.insert(spec.calibration().dataset());
  for (const std::string& dataset : datasets) RS_TRY(import_dataset(backend, dataset));

  auto prepared = server::prepare_job(backend, spec);
  if (!prepared.ok()) return positions.place(prepared.status());
  const Digest key = key_of(spec, *prepared);
  return JobFile{std::filesystem::path(path).stem().string(), std::move(spec), *std::move(prepared),
                 backend.engine_options(), key};
}

}  // namespace roofscape::bench
