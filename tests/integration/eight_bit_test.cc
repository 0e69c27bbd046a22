// Real networks on real data, before and after quantisation: uniformly 8-bit versions lose less than a point of top-1.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "analytics/approx/method.h"
#include "analytics/base/status_matchers.h"
#include "analytics/engine/calibrate.h"
#include "analytics/engine/engine.h"
#include "analytics/network/dataset.h"
#include "analytics/network/onnx_import.h"
#include "tests/support/shared_data.h"

namespace roofscape {
namespace {

constexpr std::int64_t kCalibrationImages = 256;

std::vector<std::byte> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto span = std::as_bytes(std::span(text.data(), text.size()));
  return {span.begin(), span.end()};
}

struct RealCase {
  std::string model, images, labels;
  Preparation preparation;
};
const RealCase kResNet8 = {"mlperftiny_ic_resnet8.onnx", "cifar10/cifar10_test_lossless_9886.bin.gz", "", {}};
const RealCase kMnist8 = {
    "mnist-8_onnxjs-demo.onnx", "mnist/t10k-images-idx3-ubyte.gz", "mnist/t10k-labels-idx1-ubyte.gz", {}};
const RealCase kLstm = {"mnist_lstm20_from_int8_dequant.onnx",
                        "mnist/t10k-images-idx3-ubyte.gz",
                        "mnist/t10k-labels-idx1-ubyte.gz",
                        {.scale = 1.0 / 255}};

std::ostream& operator<<(std::ostream& out, const RealCase& real) { return out << real.model; }

// The network, images to evaluate on and statistics from others.
struct Loaded {
  approx::Draft base;
  Dataset evaluation;
};

std::optional<Loaded> load(const RealCase& real) {
  const auto model = shared_data("models/" + real.model);
  const auto images = shared_data(real.images);
  const auto labels = shared_data(real.labels.empty() ? real.images : real.labels);
  if (!model || !images || !labels) return std::nullopt;
  const auto onnx = read_file(*model);
  const auto x = read_file(*images);
  const auto y = real.labels.empty() ? std::vector<std::byte>() : read_file(*labels);
  Imported imported = import_onnx(onnx).value();
  const Dataset all = load_dataset({.images = x, .labels = y}).value();
  const DataSplit split = split_dataset(all.count, kCalibrationImages).value();
  Calibration calibration =
      engine::calibrate(imported.network, subset(all, split.calibration), real.preparation, {}).value();
  return Loaded{{std::move(imported.network), std::move(calibration)}, subset(all, split.evaluation)};
}

// The recipe that quantises every layer which can be.
approx::Recipe uniformly(const Network& network, const approx::Knobs& knobs) {
  const approx::Method* integer = approx::find_method("integer").value();
  approx::Recipe recipe;
  for (LayerId id = 0; id < network.size(); ++id) {
    if (!integer->applies(network, id)) recipe.push_back({network.layer(id).name, "integer", knobs});
  }
  return recipe;
}

// What each of the settings scores on the first `images` of the evaluation set; the fp32 network comes first.
std::vector<engine::Metrics> measure(const Loaded& loaded, const RealCase& real,
                                     const std::vector<approx::Knobs>& settings, std::int64_t images) {
  std::vector<Network> networks = {loaded.base.network};
  for (const approx::Knobs& knobs : settings) {
    networks.push_back(approx::apply_recipe(loaded.base, uniformly(loaded.base.network, knobs), 1).value().network);
  }
  std::vector<const Network*> pointers;
  for (const Network& network : networks) pointers.push_back(&network);
  engine::MeasureOptions options;
  options.range = ImageRange{0, std::min(images, loaded.evaluation.count)};
  const auto counts =
      engine::Engine({.threads = 2}).measure(pointers, 0, loaded.evaluation, real.preparation, options).value();
  std::vector<engine::Metrics> metrics;
  for (const engine::Counts& count : counts) metrics.push_back(engine::metrics(count));
  return metrics;
}

// Points of top-1 that each of the settings loses against fp32.
std::vector<double> points_lost(const Loaded& loaded, const RealCase& real, const std::vector<approx::Knobs>& settings,
                                std::int64_t images) {
  const std::vector<engine::Metrics> metrics = measure(loaded, real, settings, images);
  std::vector<double> lost;
  for (std::size_t i = 1; i < metrics.size(); ++i) {
    lost.push_back(100 * (metrics[0].top1 - metrics[i].top1));
    ::testing::Test::RecordProperty("points_lost_by_" + std::to_string(i), std::to_string(lost.back()));
  }
  return lost;
}

class EightBit : public ::testing::TestWithParam<RealCase> {
 protected:
  void SetUp() override {
    loaded_ = load(GetParam());
    if (!loaded_) GTEST_SKIP() << "the real networks and data are not there; set ROOFSCAPE_DATA";
  }
  std::optional<Loaded> loaded_;
};

TEST_P(EightBit, LosesLessThanAPoint) {
  EXPECT_LT(points_lost(*loaded_, GetParam(), {{}}, loaded_->evaluation.count)[0], 1.0);
}

TEST_P(EightBit, LosesLessThanAPointInEveryOtherSettingToo) {
  const std::vector<approx::Knobs> settings = {
      {{"ranges", std::string("min-max")}},
      {{"ranges", std::string("percentile")}},
      {{"activation_scheme", std::string("affine")}},
      {{"weight_scheme", std::string("affine")}},
      {{"scales", std::string("power-of-two")}},
      {{"granularity", std::string("tensor")}},
      {{"bias_correction", false}},
  };
  const std::vector<double> lost = points_lost(*loaded_, GetParam(), settings, 2000);
  for (std::size_t i = 0; i < lost.size(); ++i) EXPECT_LT(lost[i], 1.0) << approx::to_string(settings[i]);
}

// Formats beyond 8 bits leave next to nothing to tell apart; they run on slower kernels, hence few images.
TEST_P(EightBit, WiderFormatsAgreeWithFp32) {
  const auto metrics = measure(*loaded_, GetParam(), {{{"weight_bits", 12.0}, {"activation_bits", 16.0}}}, 100);
  EXPECT_GE(metrics[1].agreement, 0.98);
  EXPECT_GT(metrics[1].snr_db, 25.0);
}

// The order that published post-training results show at 4-bit weights.
TEST_P(EightBit, FourBitWeightsNeedGoodRangesAndCorrectedBiases) {
  const std::vector<double> lost = points_lost(*loaded_, GetParam(),
                                               {{{"weight_bits", 4.0}},
                                                {{"weight_bits", 4.0}, {"ranges", std::string("min-max")}},
                                                {{"weight_bits", 4.0}, {"bias_correction", false}}},
                                               2000);
  EXPECT_LT(lost[0], 5.0);
  EXPECT_LE(lost[0], lost[1] + 0.2) << "MSE ranges against min-max";
  EXPECT_LE(lost[0], lost[2] + 0.2) << "with bias correction against without";
}

INSTANTIATE_TEST_SUITE_P(RealNetworks, EightBit, ::testing::Values(kResNet8, kMnist8, kLstm), [](const auto& instance) {
  return instance.index == 0 ? "ResNet8" : instance.index == 1 ? "Mnist8" : "Lstm";
});

}  // namespace
}  // namespace roofscape
