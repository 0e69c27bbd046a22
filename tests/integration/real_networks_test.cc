// Real networks on real data score what ONNX Runtime says they score.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "analytics/base/status_matchers.h"
#include "analytics/engine/engine.h"
#include "analytics/network/dataset.h"
#include "analytics/network/integer_layer.h"
#include "analytics/network/onnx_import.h"
#include "tests/support/shared_data.h"

namespace roofscape {
namespace {

struct Case {
  std::string name;
  std::string model, images, labels;  // below shared data; labels empty where images carry them
  double scale;
  std::int64_t count;
  double top1_percent, tolerance;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

std::vector<std::byte> bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

class RealNetworks : public ::testing::TestWithParam<Case> {};

TEST_P(RealNetworks, ScoreAsPublished) {
  const Case& c = GetParam();
  const auto model = shared_data("models/" + c.model);
  const auto images = shared_data(c.images);
  const auto labels = c.labels.empty() ? images : shared_data(c.labels);
  if (!model || !images || !labels) GTEST_SKIP() << "the shared networks and data are not there; set ROOFSCAPE_DATA";

  RS_ASSERT_OK_AND_ASSIGN(const Imported imported, import_onnx(bytes_of(*model)));
  const std::vector<std::byte> image_bytes = bytes_of(*images);
  const std::vector<std::byte> label_bytes = c.labels.empty() ? std::vector<std::byte>() : bytes_of(*labels);
  DatasetFiles files;
  files.images = image_bytes;
  files.labels = label_bytes;
  RS_ASSERT_OK_AND_ASSIGN(const Dataset data, load_dataset(files));
  EXPECT_EQ(data.count, c.count);

  Preparation preparation;
  preparation.scale = c.scale;
  const Network* networks[] = {&imported.network};
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<engine::Counts> counts,
                          engine::Engine({.threads = 2}).measure(networks, 0, data, preparation));
  EXPECT_NEAR(100 * engine::metrics(counts[0]).top1, c.top1_percent, c.tolerance);
}

// Trained with 2-bit weights and activations, exported as QONNX; its own first nodes bring pixels of 0 to 1 to -1 to 1.
TEST(RealNetworksTest, TwoBitNetworkRunsInIntegersAndScoresAsPublished) {
  const auto model = shared_data("models/TFC_2W2A.onnx");
  const auto images = shared_data("mnist/t10k-images-idx3-ubyte.gz");
  const auto labels = shared_data("mnist/t10k-labels-idx1-ubyte.gz");
  if (!model || !images || !labels) GTEST_SKIP() << "the shared networks and data are not there; set ROOFSCAPE_DATA";
  RS_ASSERT_OK_AND_ASSIGN(const Imported imported, import_onnx(bytes_of(*model)));
  int matrix_layers = 0;
  for (const Layer& layer : imported.network.layers()) {
    if (!layer.has_weight()) continue;
    ++matrix_layers;
    EXPECT_TRUE(is_integer_layer(layer)) << layer.name;
    EXPECT_EQ(layer.arithmetic.weight->format.name(), "int2n") << layer.name;
    EXPECT_EQ(layer.arithmetic.input(0)->format.name(), "int2n") << layer.name;
  }
  EXPECT_EQ(matrix_layers, 4);

  const std::vector<std::byte> image_bytes = bytes_of(*images), label_bytes = bytes_of(*labels);
  RS_ASSERT_OK_AND_ASSIGN(const Dataset data, load_dataset({.images = image_bytes, .labels = label_bytes}));
  ASSERT_EQ(data.count, 10'000);
  const Network* networks[] = {&imported.network};
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<engine::Counts> counts,
                          engine::Engine({.threads = 2}).measure(networks, 0, data, {.scale = 1.0 / 255}));
  EXPECT_NEAR(100 * engine::metrics(counts[0]).top1, 96.60, 0.05);
}

INSTANTIATE_TEST_SUITE_P(Shared, RealNetworks,
                         ::testing::Values(Case{"resnet8", "mlperftiny_ic_resnet8.onnx",
                                                "cifar10/cifar10_test_lossless_9886.bin.gz", "", 1, 9886, 87.13, 0.1},
                                           Case{"mnist8", "mnist-8_onnxjs-demo.onnx", "mnist/t10k-images-idx3-ubyte.gz",
                                                "mnist/t10k-labels-idx1-ubyte.gz", 1, 10000, 98.91, 0.05},
                                           Case{"lstm", "mnist_lstm20_from_int8_dequant.onnx",
                                                "mnist/t10k-images-idx3-ubyte.gz", "mnist/t10k-labels-idx1-ubyte.gz",
                                                1.0 / 255, 10000, 97.91, 0.05}),
                         [](const ::testing::TestParamInfo<Case>& instance) { return instance.param.name; });

}  // namespace
}  // namespace roofscape
