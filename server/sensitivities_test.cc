#include "server/sensitivities.h"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "analytics/base/status_matchers.h"
#include "server/exploration_queue.h"
#include "server/test_data.h"

namespace roofscape::server {
namespace {

using roofscape::testing::IsOk;
using roofscape::testing::StatusIs;
using ::testing::HasSubstr;

v1::MeasureSensitivityRequest tiny_request() {
  v1::MeasureSensitivityRequest request;
  request.set_model("models/tiny");
  request.set_dataset("datasets/dots");
  return request;
}

// "METHOD: {KNOB: VALUES}" on the layers of a pattern.
void add_rule(v1::MeasureSensitivityRequest& request, const std::string& layers, const std::string& method,
              const std::string& knob, std::initializer_list<double> values) {
  v1::Rule& rule = *request.add_space();
  rule.set_layers(layers);
  auto& list = (*(*rule.mutable_methods())[method].mutable_knobs())[knob];
  for (const double value : values) list.add_values()->set_number_value(value);
}

// What a daemon holds, without its sockets, with model "tiny" and data set "dots".
class Sensitivities : public ::testing::Test {
 protected:
  void SetUp() override {
    spdlog::set_level(spdlog::level::off);
    folder_ = testing::new_folder();
    Settings settings;
    settings.workers = 2;
    settings.data_dir = folder_;
    auto store = db::open_store(folder_);
    ASSERT_THAT(store, IsOk());
    backend_ = std::make_unique<Backend>(settings, *std::move(store));
    const std::string onnx = testing::tiny_onnx(), images = testing::dots_images(200),
                      labels = testing::dots_labels(200);
    ASSERT_THAT(backend_->models.import("tiny", {}, std::as_bytes(std::span(onnx))), IsOk());
    const DatasetFiles files{"images", "labels", std::as_bytes(std::span(images)), std::as_bytes(std::span(labels)), 0};
    ASSERT_THAT(backend_->datasets.import("dots", files), IsOk());
  }
  void TearDown() override {
    backend_.reset();
    std::filesystem::remove_all(folder_);
  }

  Result<MeasuredSensitivities> measure(const v1::MeasureSensitivityRequest& request,
                                        const SensitivityWatch& watch = {}) {
    return measure_sensitivity(*backend_, request, watch);
  }
  // Runs an exploration to its end.
  void explore(const v1::ExplorationSpec& spec) {
    EventHub hub(1000);
    ExplorationQueue queue(*backend_, hub);
    queue.start();
    v1::CreateExplorationRequest request;
    *request.mutable_spec() = spec;
    ASSERT_THAT(queue.create(request), IsOk());
    for (std::int64_t after = 0;;) {
      const auto event = hub.next("e1", after);
      if (!event) {
        std::this_thread::yield();
        continue;
      }
      after = event->sequence();
      ASSERT_NE(event->state(), v1::FAILED) << event->error_message();
      if (event->state() == v1::SUCCEEDED) return;
    }
  }

  std::string folder_;
  std::unique_ptr<Backend> backend_;
};

TEST_F(Sensitivities, OfEachLayerTheMildestFirstAndTheSameAgain) {
  v1::MeasureSensitivityRequest request = tiny_request();
  add_rule(request, "*", "integer", "weight_bits", {2, 8});
  RS_ASSERT_OK_AND_ASSIGN(const auto measured, measure(request));
  const v1::MeasureSensitivityResponse& first = measured.response;
  EXPECT_EQ(measured.images_seen, 25 * first.sensitivities_size());
  EXPECT_EQ(first.image_count(), 25) << "an eighth of the images calibrates";
  ASSERT_EQ(first.sensitivities_size(), 8) << "four layers, two choices each";
  EXPECT_EQ(first.choices_done(), first.sensitivities_size());
  std::map<std::string, double> least;
  for (const v1::Sensitivity& one : first.sensitivities()) {
    ASSERT_EQ(one.layers_size(), 1);
    ASSERT_EQ(one.steps_size(), 1);
    EXPECT_EQ(one.steps(0).method(), "integer");
    EXPECT_EQ(one.steps(0).layer(), "");
    EXPECT_EQ(one.counts().image_count(), 25);
    EXPECT_TRUE(one.has_loss_increase_nats() && one.has_top1_drop() && one.has_layer_snr_db());
    EXPECT_GE(one.divergence_nats(), least[one.layers(0)]);
    least[one.layers(0)] = one.divergence_nats();
  }
  EXPECT_EQ(first.sensitivities(0).layers(0), "conv1");
  EXPECT_EQ(first.sensitivities(7).layers(0), "fc2");
  RS_ASSERT_OK_AND_ASSIGN(const auto again, measure(request));
  EXPECT_EQ(again.images_seen, 0);
  EXPECT_EQ(again.response.ShortDebugString(), first.ShortDebugString());
}

TEST_F(Sensitivities, WithoutRulesTheUsualMethodsAreMeasured) {
  v1::MeasureSensitivityRequest request = tiny_request();
  request.set_image_limit(8);
  RS_ASSERT_OK_AND_ASSIGN(const auto measured, measure(request));
  const v1::MeasureSensitivityResponse& answer = measured.response;
  EXPECT_EQ(answer.image_count(), 8);
  std::set<std::string> methods;
  for (const v1::Sensitivity& one : answer.sensitivities()) methods.insert(one.steps(0).method());
  EXPECT_TRUE(methods.contains("integer"));
  EXPECT_TRUE(methods.contains("low_rank"));
  EXPECT_TRUE(methods.contains("prune"));
  EXPECT_TRUE(methods.contains("prune_filters"));
}

// What an exploration measured before it searched is what is asked for.
TEST_F(Sensitivities, OfAnExplorationAreThoseThatItStored) {
  v1::ExplorationSpec spec = testing::tiny_spec(20);
  spec.mutable_search()->set_searcher("surrogate");
  ASSERT_NO_FATAL_FAILURE(explore(spec));
  v1::MeasureSensitivityRequest request;
  request.set_exploration("explorations/e1");
  RS_ASSERT_OK_AND_ASSIGN(const auto measured, measure(request));
  EXPECT_GT(measured.response.sensitivities_size(), 0);
  EXPECT_EQ(measured.images_seen, 0);

  request.set_model("models/tiny");
  EXPECT_THAT(measure(request), StatusIs(Code::kInvalidArgument, HasSubstr("brings its own model")));
  request.clear_model();
  request.set_exploration("explorations/e9");
  EXPECT_THAT(measure(request), StatusIs(Code::kNotFound, HasSubstr("e9")));
}

TEST_F(Sensitivities, RefusesWhatCannotBeMeasured) {
  v1::MeasureSensitivityRequest request = tiny_request();
  request.set_model("models/none");
  EXPECT_THAT(measure(request), StatusIs(Code::kNotFound, HasSubstr("none")));
  request = tiny_request();
  request.clear_dataset();
  EXPECT_FALSE(measure(request).ok());
  request = tiny_request();
  add_rule(request, "nowhere*", "integer", "weight_bits", {4});
  const auto nothing = measure(request);
  ASSERT_FALSE(nothing.ok());
  EXPECT_THAT(nothing.status().field(), HasSubstr("space[0]"));
  request = tiny_request();
  request.set_image_limit(-1);
  EXPECT_THAT(measure(request), StatusIs(Code::kInvalidArgument, HasSubstr("image_limit is -1")));
}

TEST_F(Sensitivities, StopsWhenItIsCancelled) {
  CancelToken cancel;
  SensitivityWatch watch;
  watch.cancel = &cancel;
  std::int64_t told = 0;
  watch.progress = [&](std::int64_t done, std::int64_t total) {
    EXPECT_LE(done, total);
    ++told;
    cancel.cancel();
  };
  EXPECT_THAT(measure(tiny_request(), watch), StatusIs(Code::kCancelled, HasSubstr("stopped while")));
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace roofscape::server
