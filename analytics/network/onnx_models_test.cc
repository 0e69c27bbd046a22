// Real networks, as other tools exported them.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "analytics/base/status_matchers.h"
#include "analytics/network/onnx_import.h"
#include "tests/support/shared_data.h"

namespace roofscape {
namespace {

using ::testing::ElementsAre;

std::optional<std::string> model(const std::string& name) {
  const auto path = shared_data("models/" + name);
  if (!path) return std::nullopt;
  std::ifstream file(*path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::vector<std::string> operations(const Network& network) {
  std::vector<std::string> names;
  for (const Layer& layer : network.layers()) names.push_back(operation_name(layer.operation));
  return names;
}

#define RS_MODEL_OR_SKIP(target, name)                   \
  const std::optional<std::string> target = model(name); \
  if (!target) GTEST_SKIP() << name << " is not there; set ROOFSCAPE_DATA to the folder that holds models/" name

TEST(OnnxModelsTest, Mnist8OfOpset7) {
  RS_MODEL_OR_SKIP(bytes, "mnist-8_onnxjs-demo.onnx");
  RS_ASSERT_OK_AND_ASSIGN(const Imported m, import_onnx(std::as_bytes(std::span(bytes->data(), bytes->size()))));
  EXPECT_EQ(m.opset, 7);
  EXPECT_EQ(m.producer, "CNTK");
  EXPECT_EQ(m.network.input_shape(), (Shape{1, 28, 28}));
  EXPECT_EQ(m.network.output_shape(), (Shape{10}));
  // The separate biases are part of the convolutions, the weight's Reshape is computed.
  EXPECT_THAT(operations(m.network),
              ElementsAre("Input", "Conv", "Relu", "MaxPool", "Conv", "Relu", "MaxPool", "Reshape", "Gemm"));
  EXPECT_EQ(m.network.layer(1).name, "Convolution28");
  EXPECT_EQ(m.network.layer(1).as<op::Conv>()->pad, (std::array<std::int64_t, 4>{2, 2, 2, 2}));  // SAME_UPPER
}

TEST(OnnxModelsTest, ResNet8HasItsNormalisationsFolded) {
  RS_MODEL_OR_SKIP(bytes, "mlperftiny_ic_resnet8.onnx");
  RS_ASSERT_OK_AND_ASSIGN(const Imported m, import_onnx(std::as_bytes(std::span(bytes->data(), bytes->size()))));
  EXPECT_EQ(m.network.input_shape(), (Shape{3, 32, 32}));
  EXPECT_THAT(operations(m.network), ElementsAre("Input", "Conv", "Relu", "Conv", "Relu", "Conv", "Add", "Relu", "Conv",
                                                 "Relu", "Conv", "Conv", "Add", "Relu", "Conv", "Relu", "Conv", "Conv",
                                                 "Add", "Relu", "AveragePool", "Reshape", "Gemm", "Softmax"));
}

TEST(OnnxModelsTest, LstmLosesItsBatchAxis) {
  RS_MODEL_OR_SKIP(bytes, "mnist_lstm20_from_int8_dequant.onnx");
  RS_ASSERT_OK_AND_ASSIGN(const Imported m, import_onnx(std::as_bytes(std::span(bytes->data(), bytes->size()))));
  EXPECT_EQ(m.network.input_shape(), (Shape{28, 28}));
  EXPECT_THAT(operations(m.network), ElementsAre("Input", "LSTM", "Reshape", "Gemm", "Softmax"));
  EXPECT_EQ(m.network.layer(1).output_shape, (Shape{28, 1, 20}));
}

TEST(OnnxModelsTest, QonnxQuantisersBecomeTheLayersOwn) {
  RS_MODEL_OR_SKIP(bytes, "TFC_2W2A.onnx");
  RS_ASSERT_OK_AND_ASSIGN(const Imported m, import_onnx(std::as_bytes(std::span(bytes->data(), bytes->size()))));
  EXPECT_EQ(m.opset, 9);
  EXPECT_EQ(m.network.input_shape(), (Shape{1, 28, 28}));
  // Normalisations are not folded into weights that lie on a grid; the quantisers have no layers of their own.
  EXPECT_THAT(operations(m.network),
              ElementsAre("Input", "Mul", "Sub", "Reshape", "Gemm", "BatchNormalization", "Gemm", "BatchNormalization",
                          "Gemm", "BatchNormalization", "Gemm", "Div", "Mul", "Add"));
  for (const Layer& layer : m.network.layers()) {
    if (!layer.has_weight()) continue;
    EXPECT_EQ(layer.arithmetic.weight->format.name(), "int2n") << layer.name;
    EXPECT_EQ(layer.arithmetic.input(0)->format.name(), "int2n") << layer.name;
  }
}

}  // namespace
}  // namespace roofscape
