#include "tests/crash/store_history.h"

#include <fmt/format.h>

#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include "db/sealed.h"
#include "roofscape/v1/calibration.pb.h"
#include "roofscape/v1/dataset.pb.h"
#include "roofscape/v1/evaluation.pb.h"
#include "roofscape/v1/exploration.pb.h"
#include "roofscape/v1/model.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::crash {
namespace {

constexpr int kBlobs = 6;
constexpr int kModels = 3;
constexpr int kPlatforms = 3;
constexpr int kExplorations = 3;
constexpr const char* kCalibration = "custom";
constexpr const char* kCalibrationFact = "calibration/custom";

// Some hundred bytes up to some pages.
std::string blob_content(int number) {
  return fmt::format("{}", fmt::join(std::vector<int>(static_cast<std::size_t>(50 << number), number), ","));
}
Digest blob_digest(int number) { return sha256(blob_content(number)); }

db::MeasurementKey measurement_key(const std::string& exploration, int index) {
  db::MeasurementKey key;
  key.network = sha256(fmt::format("{}/{}", exploration, index));
  key.fingerprint = "engine/1";
  return key;
}

v1::Evaluation evaluation_of(const std::string& exploration, int index) {
  v1::Evaluation evaluation;
  evaluation.set_index(index);
  evaluation.set_label(exploration + std::string(static_cast<std::size_t>(index % 7) * 300, '.'));
  evaluation.mutable_counts()->set_image_count(index + 1);
  return evaluation;
}

std::string describe(const v1::Exploration& exploration) {
  return fmt::format("{} {}", v1::ExplorationState_Name(exploration.state()), exploration.evaluation_count());
}

class Step {
 public:
  Step(db::Store& store, const Facts& before, Rng& rng) : store_(store), rng_(rng), operation_{"", {}, before} {}

  Operation take() {
    switch (rng_.below(12)) {
      case 0: put_blob(); break;
      case 1: put_model(); break;
      case 2: delete_model(); break;
      case 3: put_platform(); break;
      case 4: delete_platform(); break;
      case 5: create_exploration(); break;
      case 6: update_exploration(); break;
      case 7: delete_exploration(); break;
      case 8: put_calibration(); break;
      case 9: delete_calibration(); break;
      default: put_evaluations(); break;
    }
    return std::move(operation_);
  }

 private:
  Facts& facts() { return operation_.after; }
  int draw(int bound) { return static_cast<int>(rng_.below(static_cast<std::uint64_t>(bound))); }
  std::string draw_exploration() { return fmt::format("e{}", draw(kExplorations)); }

  void put_blob() {
    const int number = draw(kBlobs);
    const std::string content = blob_content(number);
    operation_.text = fmt::format("put_blob {}", number);
    operation_.status = store_.put_blob(blob_digest(number), std::as_bytes(std::span(content.data(), content.size())));
    facts()[fmt::format("blob/{}", number)] = "";
  }

  void put_model() {
    const std::string id = fmt::format("m{}", draw(kModels));
    const int blob = draw(kBlobs);
    v1::Model model;
    model.set_name("models/" + id);
    model.set_content_sha256(blob_digest(blob).hex());
    operation_.text = fmt::format("put_model {} with blob {}", id, blob);
    operation_.status = store_.put_model(model);
    if (operation_.status.code() == Code::kAlreadyExists) {  // an answer like any other; the blob may go
      operation_.status = {};
      forget_unnamed_blobs();
      return;
    }
    facts()["model/" + id] = model.content_sha256();
    facts()[fmt::format("blob/{}", blob)] = "";
  }

  void delete_model() {
    const std::string id = fmt::format("m{}", draw(kModels));
    operation_.text = "delete_model " + id;
    operation_.status = store_.delete_model(id);
    facts().erase("model/" + id);
    forget_unnamed_blobs();
  }

  // Those may be gone, or not: an import may still wait for them.
  void forget_unnamed_blobs() {
    for (int number = 0; number < kBlobs; ++number) {
      bool named = false;
      for (const auto& [key, value] : facts()) named |= key.starts_with("model/") && value == blob_digest(number).hex();
      if (!named) facts().erase(fmt::format("blob/{}", number));
    }
  }

  void put_platform() {
    v1::Platform platform;
    platform.set_id(fmt::format("p{}", draw(kPlatforms)));
    platform.set_title(fmt::format("title {}", rng_.below(1000)));
    operation_.text = "put_platform " + platform.id();
    operation_.status = store_.put_platform(platform);
    facts()["platform/" + platform.id()] = platform.title();
  }

  void delete_platform() {
    const std::string id = fmt::format("p{}", draw(kPlatforms));
    operation_.text = "delete_platform " + id;
    operation_.status = store_.delete_platform(id);
    facts().erase("platform/" + id);
  }

  // As large as one that somebody learned: some pages.
  void put_calibration() {
    v1::Calibration calibration;
    for (int i = 0; i < 1 + draw(200); ++i) calibration.add_sources(fmt::format("file {}: {}", i, rng_.below(1000)));
    operation_.text = fmt::format("put_calibration of {} sources", calibration.sources_size());
    operation_.status = store_.put_calibration(kCalibration, calibration);
    facts()[kCalibrationFact] = db::serialise(calibration);
  }

  void delete_calibration() {
    operation_.text = "delete_calibration";
    operation_.status = store_.delete_calibration(kCalibration);
    facts().erase(kCalibrationFact);
  }

  void create_exploration() {
    const std::string id = draw_exploration();
    v1::Exploration exploration;
    exploration.set_name("explorations/" + id);
    exploration.set_state(v1::PAUSED);
    exploration.mutable_spec()->set_model("base");
    exploration.mutable_spec()->set_dataset("base");
    operation_.text = "create_exploration " + id;
    operation_.status = store_.create_exploration(exploration, "request " + id).status();
    facts().try_emplace("exploration/" + id, describe(exploration));  // a repeated request changes nothing
  }

  void update_exploration() {
    const std::string id = draw_exploration();
    const auto state = static_cast<v1::ExplorationState>(v1::PAUSED + draw(3));
    operation_.text = fmt::format("update_exploration {} to {}", id, v1::ExplorationState_Name(state));
    const auto updated = store_.update_exploration(id, [&](v1::Exploration& exploration) {
      exploration.set_state(state);
      return Status();
    });
    operation_.status = updated.status();
    const std::string before = facts()["exploration/" + id];
    facts()["exploration/" + id] =
        v1::ExplorationState_Name(state) + before.substr(std::min(before.find(' '), before.size()));
  }

  void delete_exploration() {
    const std::string id = draw_exploration();
    operation_.text = "delete_exploration " + id;
    operation_.status = store_.delete_exploration(id);
    facts().erase("exploration/" + id);
    std::erase_if(facts(), [&](const auto& fact) { return fact.first.starts_with("evaluation/" + id + "/"); });
  }

  void put_evaluations() {
    const std::string id = draw_exploration();
    int first = 0;
    while (facts().contains(fmt::format("evaluation/{}/{}", id, first))) ++first;
    std::vector<v1::Evaluation> evaluations;
    for (int i = 0; i < 1 + draw(6); ++i) evaluations.push_back(evaluation_of(id, first + i));
    std::vector<db::Store::MeasuredEvaluation> batch;
    for (const v1::Evaluation& evaluation : evaluations) {
      const int index = static_cast<int>(evaluation.index());
      batch.push_back({measurement_key(id, index), &evaluation});
      facts()[fmt::format("evaluation/{}/{}", id, index)] = db::serialise(evaluation);
      facts()[fmt::format("measurement/{}/{}", id, index)] = db::serialise(evaluation.counts());
    }
    const auto count = first + static_cast<int>(evaluations.size());
    operation_.text = fmt::format("put_evaluations {} {} to {}", id, first, count - 1);
    operation_.status = store_.put_evaluations(id, batch, [&](v1::Exploration& exploration) {
      exploration.set_evaluation_count(count);
      return Status();
    });
    std::string& exploration = facts()["exploration/" + id];
    exploration = fmt::format("{} {}", exploration.substr(0, exploration.find(' ')), count);
  }

  db::Store& store_;
  Rng& rng_;
  Operation operation_;
};

// Adds the fact if the store has it, skips it if it has not, passes every other error on.
template <typename T, typename Describe>
Status add(Facts& facts, const std::string& key, const Result<T>& read, const Describe& in_words) {
  if (read.status().code() == Code::kNotFound) return {};
  RS_TRY(read.status());
  facts[key] = in_words(*read);
  return {};
}

Status add_exploration(db::Store& store, const std::string& id, Facts& facts) {
  RS_TRY(add(facts, "exploration/" + id, store.get_exploration(id), describe));
  for (int index = 0; index < 200; ++index) {
    RS_ASSIGN(const std::optional<v1::Counts> counts, store.find_measurement(measurement_key(id, index)));
    if (!counts.has_value()) break;  // they are numbered without gaps
    facts[fmt::format("measurement/{}/{}", id, index)] = db::serialise(*counts);
  }
  const Result<std::vector<v1::Evaluation>> evaluations = store.list_evaluations(id, 0, 1000);
  if (evaluations.status().code() == Code::kNotFound) return {};
  RS_TRY(evaluations.status());
  for (const v1::Evaluation& evaluation : *evaluations)
    facts[fmt::format("evaluation/{}/{}", id, evaluation.index())] = db::serialise(evaluation);
  return {};
}

}  // namespace

Operation do_something(db::Store& store, const Facts& before, Rng& rng) { return Step(store, before, rng).take(); }

Result<Facts> read_facts(db::Store& store) {
  Facts facts;
  for (int number = 0; number < kBlobs; ++number)
    RS_TRY(add(facts, fmt::format("blob/{}", number), store.get_blob(blob_digest(number)),
               [](const std::vector<std::byte>&) { return std::string(); }));
  for (int number = 0; number < kModels; ++number) {
    const std::string id = fmt::format("m{}", number);
    RS_TRY(
        add(facts, "model/" + id, store.get_model(id), [](const v1::Model& model) { return model.content_sha256(); }));
  }
  for (int number = 0; number < kPlatforms; ++number) {
    const std::string id = fmt::format("p{}", number);
    RS_TRY(add(facts, "platform/" + id, store.get_platform(id), [](const v1::Platform& p) { return p.title(); }));
  }
  RS_TRY(add(facts, kCalibrationFact, store.get_calibration(kCalibration),
             [](const v1::Calibration& calibration) { return db::serialise(calibration); }));
  for (int number = 0; number < kExplorations; ++number)
    RS_TRY(add_exploration(store, fmt::format("e{}", number), facts));
  return facts;
}

std::string difference(const Facts& expected, const Facts& found) {
  for (const auto& [key, value] : expected) {
    const auto same = found.find(key);
    if (same == found.end()) return key + " is lost";
    if (same->second != value) return fmt::format("{} is '{}', not '{}'", key, same->second, value);
  }
  for (const auto& [key, value] : found)
    if (!expected.contains(key) && !key.starts_with("blob/")) return key + " is there, but was never acknowledged";
  return "";
}

}  // namespace roofscape::crash
