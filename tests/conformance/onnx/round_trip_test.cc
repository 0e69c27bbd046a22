// What export writes, import reads back: every operation gives the same outputs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <cmath>
#include <map>
#include <set>

#include "analytics/base/status_matchers.h"
#include "analytics/engine/engine.h"
#include "analytics/network/onnx_export.h"
#include "analytics/network/onnx_import.h"
#include "tests/conformance/onnx/sample_networks.h"

namespace roofscape {
namespace {

using ::testing::HasSubstr;
using testing::Sample;
using testing::StatusIs;

constexpr std::int64_t kImages = 3;

class RoundTripTest : public ::testing::TestWithParam<Sample> {};

TEST_P(RoundTripTest, GivesTheSameOutputs) {
  const Network& network = GetParam().network;
  RS_ASSERT_OK_AND_ASSIGN(const std::string bytes, export_onnx(network));
  RS_ASSERT_OK_AND_ASSIGN(const Imported again, import_onnx(std::as_bytes(std::span(bytes.data(), bytes.size()))));
  EXPECT_EQ(again.opset, 13);
  EXPECT_EQ(again.input_batch_axis, 0U);
  EXPECT_EQ(again.network.input_shape(), network.input_shape());
  EXPECT_EQ(again.network.output_shape(), network.output_shape());

  const engine::Engine engine({});
  const std::vector<float> images = testing::sample_images(network, kImages);
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> expected, engine.run(network, images, kImages));
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> got, engine.run(again.network, images, kImages));
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i)
    ASSERT_NEAR(got[i], expected[i], 1e-5F * (1 + std::fabs(expected[i]))) << "output " << i;
}

INSTANTIATE_TEST_SUITE_P(Operations, RoundTripTest, ::testing::ValuesIn(testing::float_samples()),
                         [](const auto& sample) { return sample.param.name; });

TEST(ExportTest, ExportingTwiceGivesTheSameBytes) {
  for (const Sample& sample : testing::quantised_samples()) {
    RS_ASSERT_OK_AND_ASSIGN(const std::string first, export_onnx(sample.network));
    RS_ASSERT_OK_AND_ASSIGN(const std::string second, export_onnx(sample.network));
    EXPECT_EQ(first, second) << sample.name;
  }
}

// The weights and their zero points, in the order of their layers: type and integers.
struct Stored {
  std::int32_t type = 0;
  std::vector<int> integers;
};
struct StoredWeights {
  std::vector<Stored> weights, zero_points;
};
Result<StoredWeights> stored_weights(const Network& network, OnnxExportOptions::Weights form) {
  RS_ASSIGN(const std::string bytes, export_onnx(network, {.weights = form}));
  onnx::ModelProto model;
  EXPECT_TRUE(model.ParseFromString(bytes));
  std::map<std::string, Stored> initialisers;
  for (const onnx::TensorProto& tensor : model.graph().initializer()) {
    Stored& stored = initialisers[tensor.name()];
    stored.type = tensor.data_type();
    for (const char byte : tensor.raw_data())
      stored.integers.push_back(stored.type == onnx::TensorProto::INT8 ? static_cast<signed char>(byte)
                                                                       : static_cast<unsigned char>(byte));
  }
  StoredWeights found;
  for (const onnx::NodeProto& node : model.graph().node())
    if (node.op_type() == "DequantizeLinear" && initialisers.contains(node.input(0))) {
      found.weights.push_back(initialisers[node.input(0)]);
      found.zero_points.push_back(initialisers[node.input(2)]);
    }
  return found;
}

TEST(ExportTest, SignedWeightsAreStoredUnsignedUnlessAskedFor) {
  for (const Sample& sample : testing::quantised_samples()) {
    RS_ASSERT_OK_AND_ASSIGN(const StoredWeights plain,
                            stored_weights(sample.network, OnnxExportOptions::Weights::kInt8));
    RS_ASSERT_OK_AND_ASSIGN(const StoredWeights moved,
                            stored_weights(sample.network, OnnxExportOptions::Weights::kUint8));
    ASSERT_EQ(moved.weights.size(), plain.weights.size()) << sample.name;
    EXPECT_EQ(plain.weights.empty(), sample.name == "int12_int16") << sample.name;
    for (std::size_t i = 0; i < plain.weights.size(); ++i) {
      for (const Stored* stored : {&plain.weights[i], &plain.zero_points[i]})
        EXPECT_EQ(stored->type, onnx::TensorProto::INT8) << sample.name;
      for (const Stored* stored : {&moved.weights[i], &moved.zero_points[i]})
        EXPECT_EQ(stored->type, onnx::TensorProto::UINT8) << sample.name;
      std::vector<int> up = plain.weights[i].integers;
      for (int& integer : up) integer += 128;
      EXPECT_EQ(moved.weights[i].integers, up) << sample.name;
      EXPECT_THAT(plain.zero_points[i].integers, ::testing::Each(0)) << sample.name;
      EXPECT_THAT(moved.zero_points[i].integers, ::testing::Each(128)) << sample.name;
    }
  }
}

// In QONNX every format that the file can name comes back as it was: equal layers, and equal outputs to the last bit.
class QonnxRoundTripTest : public ::testing::TestWithParam<Sample> {};

TEST_P(QonnxRoundTripTest, GivesTheSameNetwork) {
  const Network& network = GetParam().network;
  RS_ASSERT_OK_AND_ASSIGN(const std::string bytes,
                          export_onnx(network, {.dialect = OnnxExportOptions::Dialect::kQonnx}));
  RS_ASSERT_OK_AND_ASSIGN(const Imported again, import_onnx(std::as_bytes(std::span(bytes.data(), bytes.size()))));
  EXPECT_EQ(again.network.key(), network.key());
  ASSERT_EQ(again.network.size(), network.size());
  for (LayerId id = 0; id < network.size(); ++id) {
    const Layer &was = network.layer(id), &is = again.network.layer(id);
    EXPECT_EQ(operation_name(is.operation), operation_name(was.operation));
    const QuantiserPtr w = was.arithmetic.weight, x = was.arithmetic.input(0);
    ASSERT_EQ(is.arithmetic.weight != nullptr, w != nullptr) << was.name;
    ASSERT_EQ(is.arithmetic.input(0) != nullptr, x != nullptr) << was.name;
    EXPECT_TRUE(w == nullptr || *is.arithmetic.weight == *w) << was.name;
    EXPECT_TRUE(x == nullptr || *is.arithmetic.input(0) == *x) << was.name;
  }
  const engine::Engine engine({});
  const std::vector<float> images = testing::sample_images(network, kImages);
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> expected, engine.run(network, images, kImages));
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> got, engine.run(again.network, images, kImages));
  EXPECT_EQ(got, expected);
}

INSTANTIATE_TEST_SUITE_P(Formats, QonnxRoundTripTest, ::testing::ValuesIn(testing::qonnx_samples()),
                         [](const auto& sample) { return sample.param.name; });

TEST(QonnxExportTest, EveryOperationIsWrittenAsInOnnx) {
  for (const Sample& sample : testing::float_samples()) {
    RS_ASSERT_OK_AND_ASSIGN(const std::string onnx, export_onnx(sample.network));
    RS_ASSERT_OK_AND_ASSIGN(const std::string qonnx,
                            export_onnx(sample.network, {.dialect = OnnxExportOptions::Dialect::kQonnx}));
    EXPECT_EQ(onnx, qonnx) << sample.name;
  }
}

TEST(QonnxExportTest, OneNodeOfItsDomainForEachQuantiser) {
  const std::vector<Sample> samples = testing::qonnx_samples();
  RS_ASSERT_OK_AND_ASSIGN(const std::string bytes,
                          export_onnx(samples[0].network, {.dialect = OnnxExportOptions::Dialect::kQonnx}));
  onnx::ModelProto model;
  ASSERT_TRUE(model.ParseFromString(bytes));
  ASSERT_EQ(model.opset_import_size(), 2);
  EXPECT_EQ(model.opset_import(1).domain(), "qonnx.custom_op.general");
  EXPECT_EQ(model.opset_import(1).version(), 1);
  std::vector<std::string> ops;
  for (const onnx::NodeProto& node : model.graph().node()) {
    ops.push_back(node.op_type());
    EXPECT_EQ(node.domain(), node.op_type() == "Quant" ? "qonnx.custom_op.general" : "");
  }
  EXPECT_THAT(ops, ::testing::ElementsAre("Quant", "Quant", "Conv", "Relu", "Reshape", "Quant", "Quant", "Gemm"));
}

TEST(QonnxExportTest, FormatsItCannotNameAreRefusedByLayer) {
  const auto refusal = [](Quantiser q, OnnxExportOptions::Dialect dialect) {
    NetworkBuilder b;
    const LayerId relu = b.add("act3", op::Activation{}, {b.input({4})});
    b.layer(relu).arithmetic.inputs = {std::make_shared<const Quantiser>(std::move(q))};
    return export_onnx(*b.finish(relu), {.dialect = dialect}).status();
  };
  using enum OnnxExportOptions::Dialect;
  const NumberFormat log = NumberFormat::logarithmic(4, NumberFormat::Base::kTwo);
  const NumberFormat blocks = NumberFormat::finite(2, 1).in_blocks(2);
  EXPECT_THAT(refusal({.format = log}, kQonnx),
              StatusIs(Code::kUnimplemented,
                       ::testing::AllOf(HasSubstr("layer 'act3'"), HasSubstr("log4"), HasSubstr("QONNX cannot say"))));
  EXPECT_THAT(refusal({.format = blocks, .axis = 0}, kQonnx), StatusIs(Code::kUnimplemented, HasSubstr("e2m1fn/2")));
  Quantiser odd{NumberFormat::integer(4, Signedness::kSigned), {1}, {1}};
  odd.rounding = Rounding::kFloor;
  EXPECT_THAT(refusal(odd, kQonnx), StatusIs(Code::kUnimplemented, HasSubstr("rounded FLOOR before a zero point")));
  // What opset 13 would round otherwise.
  EXPECT_THAT(refusal(odd, kOnnx), StatusIs(Code::kUnimplemented, HasSubstr("QONNX can say it")));
  EXPECT_THAT(refusal({.format = NumberFormat::bipolar()}, kOnnx),
              StatusIs(Code::kUnimplemented, HasSubstr("this format in QONNX")));
}

// ONNX Runtime would round it, and float weights too. It would also move it back from an Add that has it second.
TEST(ExportTest, NoOperatorOnQuantisedInputHoldsItsBias) {
  for (const Sample& sample : testing::quantised_samples()) {
    RS_ASSERT_OK_AND_ASSIGN(const std::string bytes, export_onnx(sample.network));
    onnx::ModelProto model;
    ASSERT_TRUE(model.ParseFromString(bytes));
    std::set<std::string> dequantised, constants;
    for (const onnx::TensorProto& tensor : model.graph().initializer()) constants.insert(tensor.name());
    int biases = 0;
    for (const onnx::NodeProto& node : model.graph().node()) {
      if (node.op_type() == "DequantizeLinear") dequantised.insert(node.output(0));
      if (node.op_type() == "Add") {
        ++biases;
        EXPECT_TRUE(constants.contains(node.input(0))) << sample.name << " " << node.name();
        EXPECT_FALSE(constants.contains(node.input(1))) << sample.name << " " << node.name();
      }
      if (node.op_type() != "Conv" && node.op_type() != "Gemm") continue;
      EXPECT_EQ(node.input_size(), dequantised.contains(node.input(0)) ? 2 : 3) << sample.name << " " << node.name();
    }
    EXPECT_EQ(biases == 0, dequantised.empty() || sample.name == "int6_uint12") << sample.name;
  }
}

// Between its quantisers ONNX Runtime would store them in 8 bits.
TEST(ExportTest, FloatWeightsOnQuantisedInputAreFollowedByAnAddEvenWithoutABias) {
  const auto bytes =
      std::make_shared<const Quantiser>(Quantiser{NumberFormat::integer(8, Signedness::kSigned), {1.0F}, {0}});
  for (const bool float_weights : {true, false}) {
    NetworkBuilder b;
    const LayerId x = b.input({2, 4, 4});
    const LayerId conv =
        b.add("conv", op::ConvTranspose{}, {x}, {make_tensor({2, 3, 1, 1}, {1, 2, 3, 4, 5, 6}), nullptr});
    b.layer(conv).arithmetic.inputs = {bytes};
    if (!float_weights) b.layer(conv).arithmetic.weight = bytes;
    RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(conv));
    RS_ASSERT_OK_AND_ASSIGN(const std::string file, export_onnx(network));
    onnx::ModelProto model;
    ASSERT_TRUE(model.ParseFromString(file));
    const auto& nodes = model.graph().node();
    EXPECT_EQ(nodes.rbegin()->op_type(), float_weights ? "Add" : "ConvTranspose");
    RS_ASSERT_OK_AND_ASSIGN(const Imported again, import_onnx(std::as_bytes(std::span(file.data(), file.size()))));
    EXPECT_EQ(again.network.output_shape(), network.output_shape());
  }
}

TEST(ExportTest, AFormatWithoutStandardFormIsRefusedByLayer) {
  NetworkBuilder b;
  const LayerId relu = b.add("act3", op::Activation{}, {b.input({4})});
  b.layer(relu).arithmetic.inputs = {
      std::make_shared<const Quantiser>(Quantiser{.format = NumberFormat::minifloat(4, 3)})};
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(relu));
  EXPECT_THAT(export_onnx(network), StatusIs(Code::kUnimplemented, HasSubstr("layer 'act3'")));
}

TEST(ExportTest, SmallInputsTakenAsZeroAreAShrink) {
  NetworkBuilder b;
  const LayerId fc = b.add("fc", op::Dense{}, {b.input({2})}, {make_tensor({1, 2}, {1, 2}), nullptr});
  b.layer(fc).arithmetic.skips = std::make_shared<const Skips>(Skips{.threshold = 0.25F});
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(fc));
  RS_ASSERT_OK_AND_ASSIGN(const std::string bytes, export_onnx(network));
  onnx::ModelProto model;
  ASSERT_TRUE(model.ParseFromString(bytes));
  ASSERT_EQ(model.graph().node_size(), 2);
  const onnx::NodeProto& shrink = model.graph().node(0);
  EXPECT_EQ(shrink.op_type(), "Shrink");
  ASSERT_EQ(shrink.attribute_size(), 2);
  for (const onnx::AttributeProto& attribute : shrink.attribute())
    EXPECT_EQ(attribute.f(), attribute.name() == "lambd" ? 0.25F : 0.0F);
  EXPECT_EQ(model.graph().node(1).input(0), shrink.output(0));
}

TEST(ExportTest, AnEarlyExitIsAChoiceOfStandardOperators) {
  NetworkBuilder b;
  const LayerId x = b.input({2});
  const LayerId late = b.add("late", op::Activation{op::Activation::Kind::kNegate}, {x});
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(b.add("exit", op::Select{.confidence = 0.75F}, {x, late})));
  RS_ASSERT_OK_AND_ASSIGN(const std::string bytes, export_onnx(network));
  onnx::ModelProto model;
  ASSERT_TRUE(model.ParseFromString(bytes));
  std::vector<std::string> operators;
  for (const onnx::NodeProto& node : model.graph().node()) operators.push_back(node.op_type());
  EXPECT_EQ(operators, (std::vector<std::string>{"Neg", "Softmax", "ReduceMax", "GreaterOrEqual", "Where"}));
  const onnx::NodeProto& where = model.graph().node(4);
  EXPECT_EQ(where.input(1), "input");
  EXPECT_EQ(where.input(2), "late");
}

TEST(ExportTest, ATableInPlaceOfAFunctionIsRefusedByLayer) {
  NetworkBuilder b;
  const LayerId gate = b.add("gate", op::Activation{op::Activation::Kind::kSigmoid}, {b.input({4})});
  b.layer(gate).arithmetic.functions = {std::make_shared<const FunctionTable>()};
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(gate));
  EXPECT_THAT(
      export_onnx(network),
      StatusIs(Code::kUnimplemented, HasSubstr("layer 'gate': its function is a table of 1 pieces, for which")));
}

TEST(ExportTest, WeightsWithAScaleForEachSignAreFloats) {
  Quantiser two{NumberFormat::integer(2, Signedness::kSigned, true), {1}, {0}};
  two.negative_scale = {0.5F};
  NetworkBuilder b;
  const LayerId fc = b.add("fc", op::Dense{}, {b.input({2})}, {make_tensor({2, 2}, {1, -0.5F, 0, 1}), nullptr});
  b.layer(fc).arithmetic.weight = std::make_shared<const Quantiser>(two);
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(fc));
  RS_ASSERT_OK_AND_ASSIGN(const std::string bytes, export_onnx(network));
  RS_ASSERT_OK_AND_ASSIGN(const Imported again, import_onnx(std::as_bytes(std::span(bytes.data(), bytes.size()))));
  EXPECT_THAT(again.network.layer(1).weight()->values(), ::testing::ElementsAre(1, -0.5F, 0, 1));
  EXPECT_THAT(export_onnx(network, {.dialect = OnnxExportOptions::Dialect::kQonnx}),
              StatusIs(Code::kUnimplemented, HasSubstr("layer 'fc': its weights have a scale for each sign")));
}

TEST(ExportTest, AnAccumulatorIsRefusedByLayer) {
  NetworkBuilder b;
  const LayerId fc = b.add("fc", op::Dense{}, {b.input({2})}, {make_tensor({1, 2}, {1, 2}), nullptr});
  const auto quantiser =
      std::make_shared<const Quantiser>(Quantiser{NumberFormat::integer(8, Signedness::kSigned), {1.0F}, {0}});
  b.layer(fc).arithmetic = {.inputs = {quantiser}, .weight = quantiser, .accumulator = Accumulator{12}};
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(fc));
  for (const auto dialect : {OnnxExportOptions::Dialect::kOnnx, OnnxExportOptions::Dialect::kQonnx})
    EXPECT_THAT(
        export_onnx(network, {.dialect = dialect}),
        StatusIs(Code::kUnimplemented, HasSubstr("layer 'fc': its sums are kept in an accumulator of 12 bits")));
}

}  // namespace
}  // namespace roofscape
