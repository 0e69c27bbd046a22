// What the tests of the store share: a folder that goes away, and small valid messages.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/hash.h"
#include "analytics/base/status_matchers.h"
#include "db/sealed.h"
#include "db/store.h"
#include "roofscape/v1/dataset.pb.h"
#include "roofscape/v1/evaluation.pb.h"
#include "roofscape/v1/exploration.pb.h"
#include "roofscape/v1/model.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::db::testing {

// A new empty folder, removed with all in it at the end of the scope.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "roofscape-db-XXXXXX").string();
    RS_CHECK(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return fmt::format("{}/{}", path_, name); }

 private:
  std::string path_;
};

inline std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
inline void write_text(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc).write(text.data(), static_cast<std::streamsize>(text.size()));
}

inline std::span<const std::byte> as_blob(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string as_text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline v1::Model sample_model(const std::string& id, std::string_view file) {
  v1::Model model;
  model.set_name(fmt::format("models/{}", id));
  model.set_content_sha256(sha256(file).hex());
  model.set_file_bytes(static_cast<std::int64_t>(file.size()));
  model.set_network_key(sha256(fmt::format("network of {}", file)).hex());
  model.add_layers()->set_name("conv1");
  return model;
}

inline v1::Dataset sample_dataset(const std::string& id, std::string_view data) {
  v1::Dataset dataset;
  dataset.set_name(fmt::format("datasets/{}", id));
  dataset.set_image_count(100);
  dataset.set_key(sha256(data).hex());
  return dataset;
}

inline v1::Platform sample_platform(const std::string& id, const std::string& title) {
  v1::Platform platform;
  platform.set_id(id);
  platform.set_title(title);
  return platform;
}

inline v1::Exploration sample_exploration(const std::string& id) {
  v1::Exploration exploration;
  exploration.set_name(fmt::format("explorations/{}", id));
  exploration.set_state(v1::QUEUED);
  exploration.set_evaluations_wanted(200);
  exploration.mutable_spec()->set_model("lenet5");
  exploration.mutable_spec()->set_dataset("fashion");
  exploration.mutable_spec()->add_platforms("mine");
  (*exploration.mutable_content_keys())["model"] = "aa";
  (*exploration.mutable_content_keys())["dataset"] = "bb";
  (*exploration.mutable_content_keys())["platforms/mine"] = "cc";
  return exploration;
}

inline MeasurementKey sample_key(int number) {
  return {.network = sha256(fmt::format("network {}", number)),
          .reference = sha256("base"),
          .data = sha256("data"),
          .fingerprint = "engine/1 scalar"};
}

inline v1::Counts sample_counts(int number) {
  v1::Counts counts;
  counts.set_image_count(100);
  counts.set_top1_count(number % 101);
  counts.set_loss_fixed(1000 + number);
  return counts;
}

inline v1::Evaluation sample_evaluation(int index) {
  v1::Evaluation evaluation;
  evaluation.set_index(index);
  evaluation.set_network_key(sample_key(index).network.hex());
  *evaluation.mutable_counts() = sample_counts(index);
  auto* step = evaluation.mutable_recipe()->add_steps();
  step->set_layer("conv1");
  step->set_method("integer");
  (*step->mutable_knobs())["weight_bits"].set_number_value(index % 8 + 2);
  (*step->mutable_knobs())["activation_bits"].set_number_value(8);
  return evaluation;
}

// Stores what sample_exploration() rests on.
inline void put_prerequisites(Store& store) {
  ASSERT_THAT(store.put_blob(sha256("onnx"), as_blob("onnx")), roofscape::testing::IsOk());
  ASSERT_THAT(store.put_blob(sha256("images"), as_blob("images")), roofscape::testing::IsOk());
  ASSERT_THAT(store.put_model(sample_model("lenet5", "onnx")), roofscape::testing::IsOk());
  ASSERT_THAT(store.put_dataset(sample_dataset("fashion", "images"), sha256("images")), roofscape::testing::IsOk());
}

MATCHER_P(EqualsMessage, expected, fmt::format("equals {}", expected.ShortDebugString())) {
  *result_listener << arg.ShortDebugString();
  return serialise(arg) == serialise(expected);
}

}  // namespace roofscape::db::testing
