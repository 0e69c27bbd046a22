#include "analytics/network/onnx_import.h"

#include <gtest/gtest.h>

#include <cstring>

#include "analytics/base/status_matchers.h"
#include "tests/support/onnx_builder.h"

namespace roofscape {
namespace {

using ::testing::AllOf;
using testing::bytes_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::OnnxBuilder;
using testing::StatusIs;

std::vector<std::string> operations(const Network& network) {
  std::vector<std::string> names;
  for (const Layer& layer : network.layers()) names.push_back(operation_name(layer.operation));
  return names;
}

std::vector<float> values(const Tensor* tensor) { return {tensor->values().begin(), tensor->values().end()}; }

// The network of a model that must import.
Network imported(const OnnxBuilder& b) {
  Result<Imported> result = import_onnx(bytes_of(b.bytes()));
  EXPECT_THAT(result, IsOk());
  if (!result.ok()) {
    NetworkBuilder empty;
    return *empty.finish(empty.input({1}));
  }
  return std::move(result->network);
}

// ---- Convolutions and pools ----

TEST(OnnxImportTest, ConvolutionTakesAutoPadAndGroups) {
  OnnxBuilder b;
  b.input("x", {-1, 4, 7, 7});
  b.weight("w", {4, 2, 3, 3});
  b.node("Conv", {"x", "w"}, {"y"}).text("auto_pad", "SAME_LOWER").ints("strides", {2, 2}).integer("group", 2);
  b.output("y");
  const Network net = imported(b);
  const op::Conv* conv = net.layer(1).as<op::Conv>();
  ASSERT_NE(conv, nullptr);
  EXPECT_EQ(conv->groups, 2);
  EXPECT_EQ(conv->pad, (std::array<std::int64_t, 4>{1, 1, 1, 1}));
  EXPECT_EQ(net.output_shape(), (Shape{4, 4, 4}));
}

TEST(OnnxImportTest, OneDimensionalConvolutionsChainWithoutReshapesBetween) {
  OnnxBuilder b;
  b.input("x", {-1, 2, 9});
  b.weight("w", {3, 2, 3});
  b.weight("v", {3, 3, 2});
  b.node("Conv", {"x", "w"}, {"c"}).ints("pads", {0, 1});
  b.node("Relu", {"c"}, {"r"});
  b.node("Conv", {"r", "v"}, {"y"});
  b.output("y");
  const Network net = imported(b);
  EXPECT_THAT(operations(net), ElementsAre("Input", "Reshape", "Conv", "Relu", "Conv", "Reshape"));
  EXPECT_EQ(net.layer(2).as<op::Conv>()->pad, (std::array<std::int64_t, 4>{0, 0, 0, 1}));
  EXPECT_EQ(net.output_shape(), (Shape{3, 7}));
}

TEST(OnnxImportTest, ThreeDimensionalConvolutionsAreRefused) {
  OnnxBuilder b;
  b.input("x", {-1, 1, 4, 4, 4});
  b.weight("w", {1, 1, 2, 2, 2});
  b.node("Conv", {"x", "w"}, {"y"}).name("cube");
  b.output("y");
  EXPECT_THAT(import_onnx(bytes_of(b.bytes())),
              StatusIs(Code::kUnimplemented,
                       AllOf(HasSubstr("node 'cube' (Conv, opset 13)"), HasSubstr("3 spatial axes; 1 and 2"))));
}

TEST(OnnxImportTest, TransposedConvolutionReachesItsOutputShape) {
  OnnxBuilder b;
  b.input("x", {-1, 1, 3, 3});
  b.weight("w", {1, 2, 3, 3});
  b.node("ConvTranspose", {"x", "w"}, {"y"}).ints("strides", {3, 2}).ints("output_shape", {10, 8});
  b.output("y");
  EXPECT_EQ(imported(b).output_shape(), (Shape{2, 10, 8}));
}

TEST(OnnxImportTest, PoolsTakeTheirAttributesAndRefuseIndices) {
  OnnxBuilder b;
  b.input("x", {-1, 1, 5, 5});
  b.node("AveragePool", {"x"}, {"a"}).ints("kernel_shape", {2, 2}).ints("strides", {2, 2}).integer("ceil_mode", 1);
  b.node("MaxPool", {"a"}, {"m", "indices"}).ints("kernel_shape", {2, 2});
  b.node("GlobalMaxPool", {"m"}, {"y"});
  b.output("y");
  const Network net = imported(b);
  EXPECT_THAT(operations(net), ElementsAre("Input", "AveragePool", "MaxPool", "GlobalMaxPool"));
  EXPECT_TRUE(net.layer(1).as<op::Pool>()->ceil_mode);
  EXPECT_EQ(net.output_shape(), (Shape{1, 1, 1}));

  b.node("Add", {"y", "indices"}, {"z"});
  b.graph().mutable_output(0)->set_name("z");
  EXPECT_THAT(import_onnx(bytes_of(b.bytes())), StatusIs(Code::kUnimplemented, HasSubstr("output of indices")));
}

// ---- Folding into weights ----

OnnxBuilder normalised_convolution() {
  OnnxBuilder b;
  b.input("x", {-1, 1, 2, 2});
  b.weight("w", {2, 1, 1, 1}, {3, 5});
  b.weight("gamma", {2}, {2, 4});
  b.weight("beta", {2}, {1, -1});
  b.weight("mean", {2}, {10, 20});
  b.weight("variance", {2}, {4, 16});
  b.node("Conv", {"x", "w"}, {"c"}).name("conv");
  b.node("BatchNormalization", {"c", "gamma", "beta", "mean", "variance"}, {"n"}).name("norm").real("epsilon", 0);
  return b;
}

TEST(OnnxImportTest, BatchNormalisationFoldsIntoTheConvolution) {
  OnnxBuilder b = normalised_convolution();
  b.output("n");
  const Network net = imported(b);
  ASSERT_THAT(operations(net), ElementsAre("Input", "Conv"));
  EXPECT_THAT(values(net.layer(1).constants[0].get()), ElementsAre(3, 5));  // γ/√v = 1
  EXPECT_THAT(values(net.layer(1).constants[1].get()), ElementsAre(-9, -21));
}

TEST(OnnxImportTest, BatchNormalisationStaysWhereTheConvolutionHasAnotherReader) {
  OnnxBuilder b = normalised_convolution();
  b.node("Add", {"c", "n"}, {"y"});
  b.output("y");
  const Network net = imported(b);
  ASSERT_EQ(net.size(), 4);
  EXPECT_NE(net.layer(2).as<op::Affine>(), nullptr);
  EXPECT_EQ(net.layer(2).as<op::Affine>()->axis, 0);
  EXPECT_THAT(values(net.layer(1).constants[0].get()), ElementsAre(3, 5));
  EXPECT_EQ(net.layer(1).constants[1], nullptr);
}

TEST(OnnxImportTest, BatchNormalisationThroughAReshapedSecondReaderStaysToo) {
  OnnxBuilder b = normalised_convolution();
  b.integers("flat", {-1, 8});
  b.node("Reshape", {"c", "flat"}, {"f"});
  b.integers("flat2", {-1, 8});
  b.node("Reshape", {"n", "flat2"}, {"g"});
  b.node("Add", {"f", "g"}, {"y"});
  b.output("y");
  const Network net = imported(b);
  EXPECT_NE(net.layer(2).as<op::Affine>(), nullptr);
}

TEST(OnnxImportTest, SeparateBiasBecomesTheLayersOwn) {
  OnnxBuilder b;
  b.input("x", {-1, 3});
  b.weight("w", {3, 2});
  b.weight("bias", {1, 2}, {7, 8});
  b.node("MatMul", {"x", "w"}, {"m"});
  b.node("Add", {"bias", "m"}, {"y"});
  b.output("y");
  const Network net = imported(b);
  ASSERT_THAT(operations(net), ElementsAre("Input", "Gemm"));
  EXPECT_THAT(values(net.layer(1).constants[1].get()), ElementsAre(7, 8));
}

TEST(OnnxImportTest, ABiasOfAnotherShapeStaysAnAddition) {
  OnnxBuilder b;
  b.input("x", {-1, 1, 2, 2});
  b.weight("w", {1, 1, 1, 1});
  b.weight("bias", {2, 2});  // one for each pixel
  b.node("Conv", {"x", "w"}, {"c"});
  b.node("Add", {"c", "bias"}, {"y"});
  b.output("y");
  EXPECT_THAT(operations(imported(b)), ElementsAre("Input", "Conv", "Add"));
}

// ---- Dense layers ----

TEST(OnnxImportTest, GemmAppliesItsFactorsAndTransposes) {
  OnnxBuilder b;
  b.input("x", {-1, 2});
  b.weight("w", {3, 2}, {1, 2, 3, 4, 5, 6});
  b.weight("c", {3}, {1, 2, 3});
  b.node("Gemm", {"x", "w", "c"}, {"y"}).integer("transB", 1).real("alpha", 2).real("beta", 10);
  b.output("y");
  const Network net = imported(b);
  EXPECT_THAT(values(net.layer(1).constants[0].get()), ElementsAre(2, 4, 6, 8, 10, 12));
  EXPECT_THAT(values(net.layer(1).constants[1].get()), ElementsAre(10, 20, 30));
}

TEST(OnnxImportTest, ProductsOfActivationsKeepTheBatchApart) {
  OnnxBuilder b;
  b.input("x", {-1, 3, 4});
  b.node("Transpose", {"x"}, {"t"}).ints("perm", {0, 2, 1});
  b.node("MatMul", {"x", "t"}, {"y"});
  b.output("y");
  const Network net = imported(b);
  EXPECT_THAT(operations(net), ElementsAre("Input", "Transpose", "MatMul"));
  EXPECT_EQ(net.layer(1).as<op::Transpose>()->permutation, (std::vector<std::int64_t>{1, 0}));
  EXPECT_EQ(net.output_shape(), (Shape{3, 3}));
}

// ---- Weights in all their forms ----

onnx::TensorProto raw_tensor(onnx::TensorProto::DataType type, const std::vector<std::int64_t>& dims,
                             const std::string& raw) {
  onnx::TensorProto tensor;
  for (const std::int64_t dim : dims) tensor.add_dims(dim);
  tensor.set_data_type(type);
  tensor.set_raw_data(raw);
  return tensor;
}

std::vector<float> weights_read_from(const onnx::TensorProto& tensor) {
  OnnxBuilder b;
  b.input("x", {-1, 2});
  b.node("Constant", {}, {"w"}).tensor("value", tensor);
  b.node("Cast", {"w"}, {"f"}).integer("to", onnx::TensorProto::FLOAT);
  b.node("MatMul", {"x", "f"}, {"y"});
  b.output("y");
  const Network net = imported(b);
  return net.size() == 2 ? values(net.layer(1).weight()) : std::vector<float>{};
}

TEST(OnnxImportTest, WeightsOfEveryNumberTypeThroughConstantNodes) {
  using onnx::TensorProto;
  EXPECT_THAT(weights_read_from(testing::onnx_tensor({2, 1}, {0.5, -2})), ElementsAre(0.5, -2));
  const double doubles[] = {0.5, -2};
  EXPECT_THAT(weights_read_from(raw_tensor(TensorProto::DOUBLE, {2, 1},
                                           std::string(reinterpret_cast<const char*>(doubles), sizeof doubles))),
              ElementsAre(0.5, -2));
  EXPECT_THAT(weights_read_from(raw_tensor(TensorProto::FLOAT16, {2, 1}, std::string("\x00\x38\x01\x80", 4))),
              ElementsAre(0.5, -0x1p-24F));  // the second is the smallest subnormal
  EXPECT_THAT(weights_read_from(raw_tensor(TensorProto::BFLOAT16, {2, 1}, std::string("\x00\x3f\x00\xc0", 4))),
              ElementsAre(0.5, -2));
  EXPECT_THAT(weights_read_from(raw_tensor(TensorProto::INT8, {2, 1}, std::string("\x03\xff", 2))), ElementsAre(3, -1));
  EXPECT_THAT(weights_read_from(raw_tensor(TensorProto::UINT8, {2, 1}, std::string("\x03\xff", 2))),
              ElementsAre(3, 255));
  TensorProto half = raw_tensor(TensorProto::FLOAT16, {2, 1}, "");
  half.clear_raw_data();
  half.add_int32_data(0x3c00);
  half.add_int32_data(0xfc00);
  EXPECT_THAT(weights_read_from(half), ElementsAre(1, -std::numeric_limits<float>::infinity()));
}

TEST(OnnxImportTest, InitialisersMayBeListedAsInputs) {
  OnnxBuilder b(7);
  b.model.set_ir_version(3);
  b.input("x", {1, 2});
  b.input("w", {2, 3});
  b.weight("w", {2, 3});
  b.node("MatMul", {"x", "w"}, {"y"});
  b.output("y");
  EXPECT_EQ(imported(b).output_shape(), (Shape{3}));
}

// ---- Shape chains and the batch ----

TEST(OnnxImportTest, ShapeChainsVanish) {
  OnnxBuilder b;
  b.input("x", {-1, 2, 3});
  b.initialiser("zero", testing::onnx_integers({}, {0}));
  b.integers("axis", {0});
  b.integers("rest", {-1});
  b.weight("w", {6, 4});
  b.node("Shape", {"x"}, {"s"});
  b.node("Gather", {"s", "zero"}, {"n"}).integer("axis", 0);
  b.node("Unsqueeze", {"n", "axis"}, {"u"});
  b.node("Concat", {"u", "rest"}, {"target"}).integer("axis", 0);
  b.node("Reshape", {"x", "target"}, {"r"});
  b.node("Gemm", {"r", "w"}, {"y"});
  b.output("y");
  EXPECT_THAT(operations(imported(b)), ElementsAre("Input", "Reshape", "Gemm"));
}

TEST(OnnxImportTest, AFixedBatchAndItsReshapeConstantsRunAtAnyBatch) {
  OnnxBuilder b;
  b.input("x", {8, 2, 2, 3});
  b.integers("target", {8, 12});
  b.weight("w", {12, 4});
  b.weight("per_row", {8, 4}, std::vector<float>(32, 2));
  b.node("Reshape", {"x", "target"}, {"r"});
  b.node("MatMul", {"r", "w"}, {"m"});
  b.node("Mul", {"m", "per_row"}, {"y"});
  b.output("y", {8, 4});
  RS_ASSERT_OK_AND_ASSIGN(const Imported m, import_onnx(bytes_of(b.bytes())));
  EXPECT_EQ(m.network.input_shape(), (Shape{2, 2, 3}));
  EXPECT_EQ(m.network.output_shape(), (Shape{4}));
  EXPECT_EQ(m.batch_size, 8);
  EXPECT_EQ(m.output_batch_axis, 0U);
}

TEST(OnnxImportTest, AConstantThatDiffersFromImageToImageIsRefused) {
  OnnxBuilder b;
  b.input("x", {3, 2, 1, 1});
  b.weight("c", {3, 2, 1, 1});
  b.node("Mul", {"x", "c"}, {"y"});
  b.output("y", {3, 2, 1, 1});
  // Read without a batch it is one image of [3, 2, 1, 1], for which nothing is wrong.
  RS_ASSERT_OK_AND_ASSIGN(const Imported m, import_onnx(bytes_of(b.bytes())));
  EXPECT_EQ(m.network.input_shape(), (Shape{3, 2, 1, 1}));
  EXPECT_EQ(m.input_batch_axis, std::nullopt);
}

TEST(OnnxImportTest, AnInputWithoutBatchAxisRuns) {
  OnnxBuilder b;
  b.input("x", {28, 28});
  b.integers("target", {1, 784});
  b.weight("w", {784, 10}, 0.01F);
  b.node("Reshape", {"x", "target"}, {"r"});
  b.node("MatMul", {"r", "w"}, {"y"});
  b.output("y", {1, 10});
  EXPECT_EQ(imported(b).input_shape(), (Shape{28, 28}));
}

TEST(OnnxImportTest, WorkAcrossTheBatchIsRefused) {
  OnnxBuilder b;
  b.input("x", {-1, 3});
  b.node("ReduceMean", {"x"}, {"y"}).name("mean").ints("axes", {0});
  b.output("y");
  EXPECT_THAT(import_onnx(bytes_of(b.bytes())),
              StatusIs(Code::kUnimplemented, AllOf(HasSubstr("node 'mean'"), HasSubstr("axis 0, which is the batch"))));
}

TEST(OnnxImportTest, AnOpenImageSizeIsRefused) {
  OnnxBuilder b;
  b.input("x", {-1, 3, -1, 32});
  b.node("Relu", {"x"}, {"y"});
  b.output("y");
  EXPECT_THAT(import_onnx(bytes_of(b.bytes())),
              StatusIs(Code::kUnimplemented, HasSubstr("axis 2 of input 'x' has no fixed size")));
}

TEST(OnnxImportTest, SqueezeWithoutAxesKeepsAnOpenBatchAndDropsAFixedOne) {
  for (const std::int64_t batch : {-1, 1}) {
    OnnxBuilder b;
    b.input("x", {batch, 1, 5, 4});
    b.node("Squeeze", {"x"}, {"s"});
    b.node("ReduceMean", {"s"}, {"y"}).ints("axes", {batch == 1 ? 0 : 1}).integer("keepdims", 0);
    b.output("y");
    RS_ASSERT_OK_AND_ASSIGN(const Imported m, import_onnx(bytes_of(b.bytes())));
    EXPECT_EQ(m.network.output_shape(), (Shape{4})) << "batch " << batch;
  }
}

TEST(OnnxImportTest, ReadingsThatAreNotEvidentAreNoted) {
  OnnxBuilder rows;
  rows.input("x", {28, 28});
  rows.node("Relu", {"x"}, {"y"});
  rows.output("y", {1});
  EXPECT_THAT(import_onnx(bytes_of(rows.bytes()))->notes, ElementsAre(HasSubstr("[28, 28] is read as one image")));
  OnnxBuilder batch;
  batch.input("x", {16, 3, 8, 8});
  batch.node("Relu", {"x"}, {"y"});
  batch.output("y");
  EXPECT_THAT(import_onnx(bytes_of(batch.bytes()))->notes, ElementsAre(HasSubstr("fixes the size 16")));
}

TEST(OnnxImportTest, RowsMergedIntoTheBatchComeApartAgain) {
  OnnxBuilder b;
  b.input("x", {4, 5, 6});
  b.integers("merged", {20, 6});
  b.integers("apart", {4, 5, 2});
  b.weight("w", {6, 2});
  b.node("Reshape", {"x", "merged"}, {"r"});
  b.node("MatMul", {"r", "w"}, {"m"});
  b.node("Reshape", {"m", "apart"}, {"y"});
  b.output("y", {4, 5, 2});
  RS_ASSERT_OK_AND_ASSIGN(const Imported m, import_onnx(bytes_of(b.bytes())));
  EXPECT_EQ(m.batch_size, 4);
  EXPECT_EQ(m.network.output_shape(), (Shape{5, 2}));
}

// ---- Recurrent layers ----

OnnxBuilder lstm_on(const std::vector<std::int64_t>& dims) {
  OnnxBuilder b(14);
  b.input("x", dims);
  b.weight("w", {1, 8, 3});
  b.weight("r", {1, 8, 2});
  return b;
}

TEST(OnnxImportTest, LstmHasNoBatchAxisInEitherLayout) {
  for (const std::int64_t layout : {0, 1}) {
    OnnxBuilder b = lstm_on(layout == 1 ? std::vector<std::int64_t>{-1, 5, 3} : std::vector<std::int64_t>{5, -1, 3});
    b.node("LSTM", {"x", "w", "r"}, {"", "h"}).integer("hidden_size", 2).integer("layout", layout);
    b.output("h");
    const Network net = imported(b);
    EXPECT_THAT(operations(net), ElementsAre("Input", "LSTM"));
    EXPECT_EQ(net.input_shape(), (Shape{5, 3}));
    EXPECT_EQ(net.output_shape(), (Shape{1, 2}));
    EXPECT_EQ(net.layer(1).as<op::Recurrent>()->output, op::Recurrent::Output::kLastHidden);
  }
}

TEST(OnnxImportTest, RecurrentOdditiesAreRefused) {
  const auto refusal = [](auto&& change) {
    OnnxBuilder b = lstm_on({5, -1, 3});
    auto node = b.node("LSTM", {"x", "w", "r"}, {"y"});
    node.name("cell").integer("hidden_size", 2);
    change(b, node);
    b.output("y");
    return import_onnx(bytes_of(b.bytes()));
  };
  EXPECT_THAT(refusal([](auto&, auto& node) { node.real("clip", 3); }),
              StatusIs(Code::kUnimplemented, HasSubstr("clips its gates at 3")));
  EXPECT_THAT(refusal([](auto&, auto& node) {
                node.texts("activations", {"Sigmoid", "Relu", "Tanh"});
              }),
              StatusIs(Code::kUnimplemented, HasSubstr("its activation 1 is 'relu'; only the default, tanh")));
  EXPECT_THAT(refusal([](auto& b, auto& node) {
                b.integers("lengths", {4});
                node.proto()->add_input("");
                node.proto()->add_input("lengths");
              }),
              StatusIs(Code::kUnimplemented, HasSubstr("sequence_lens hold 4, shorter than the 5 steps")));
  EXPECT_THAT(refusal([](auto&, auto& node) { node.text("direction", "sideways"); }),
              StatusIs(Code::kInvalidArgument, HasSubstr("direction is 'sideways'")));
  EXPECT_THAT(refusal([](auto&, auto& node) { node.texts("activations", {"Sigmoid", "Tanh", "Tanh"}); }), IsOk());
}

// ---- Odds and ends ----

TEST(OnnxImportTest, OldSoftmaxRunsOverAllAxesFromItsOwnOn) {
  OnnxBuilder b(11);
  b.input("x", {-1, 3, 4});
  b.node("Softmax", {"x"}, {"y"}).integer("axis", 1);
  b.output("y");
  const Network net = imported(b);
  EXPECT_THAT(operations(net), ElementsAre("Input", "Reshape", "Softmax", "Reshape"));
  EXPECT_EQ(net.layer(2).output_shape, (Shape{12}));
  EXPECT_EQ(net.output_shape(), (Shape{3, 4}));
}

TEST(OnnxImportTest, ConstantsInAConcatArePaddedInAndAdded) {
  OnnxBuilder b;
  b.input("x", {-1, 2, 3});
  b.weight("token", {1, 1, 3}, {7, 8, 9});
  b.node("Concat", {"token", "x"}, {"y"}).integer("axis", 1);
  b.output("y");
  const Network net = imported(b);
  EXPECT_THAT(operations(net), ElementsAre("Input", "Pad", "Add"));
  EXPECT_THAT(values(net.layer(2).constants[0].get()), ElementsAre(7, 8, 9, 0, 0, 0, 0, 0, 0));
}

TEST(OnnxImportTest, OldAxisAttributeAlignsTheSecondOperand) {
  OnnxBuilder b(6);
  b.input("x", {-1, 2, 3, 3});
  b.weight("c", {2});
  b.node("Mul", {"x", "c"}, {"y"}).integer("broadcast", 1).integer("axis", 1);
  b.output("y");
  const Network net = imported(b);
  EXPECT_EQ(net.layer(1).constants[0]->shape(), (Shape{2, 1, 1}));
}

TEST(OnnxImportTest, TheFirstOfSeveralOutputsIsUsedAndNoted) {
  OnnxBuilder b;
  b.input("x", {-1, 4});
  b.node("Relu", {"x"}, {"y"});
  b.node("Mystery", {"y"}, {"z"});  // only the second output needs it
  b.output("y");
  b.output("z");
  RS_ASSERT_OK_AND_ASSIGN(const Imported m, import_onnx(bytes_of(b.bytes())));
  EXPECT_THAT(m.notes, ElementsAre(HasSubstr("2 outputs; the first, 'y'")));
}

TEST(OnnxImportTest, NamesArePrintableAndUnique) {
  OnnxBuilder b;
  b.input("x", {-1, 4});
  b.node("Relu", {"x"}, {"7"});
  b.node("Abs", {"7"}, {"out"}).name("\x1b[31mred");
  b.node("Abs", {"out"}, {"8"}).name("\x1b[31mred");
  b.node("Sqrt", {"8"}, {"named_by_output"});
  b.output("named_by_output");
  const Network net = imported(b);
  std::vector<std::string> names;
  for (const Layer& layer : net.layers()) names.push_back(layer.name);
  EXPECT_THAT(names, ElementsAre("x", "relu1", "\\x1b[31mred", "\\x1b[31mred_2", "named_by_output"));
}

TEST(OnnxImportTest, NodesMayStandInAnyOrder) {
  OnnxBuilder b;
  b.input("x", {-1, 4});
  b.node("Abs", {"r"}, {"y"});
  b.node("Relu", {"x"}, {"r"});
  b.output("y");
  EXPECT_THAT(operations(imported(b)), ElementsAre("Input", "Relu", "Abs"));
}

TEST(OnnxImportTest, NewerOpsetsOfKnownOperatorsImport) {
  OnnxBuilder b(21);
  b.model.set_ir_version(10);
  b.input("x", {-1, 4, 6});
  b.integers("axes", {2});
  b.node("ReduceMean", {"x", "axes"}, {"m"}).integer("keepdims", 0);
  b.node("Gelu", {"m"}, {"g"}).text("approximate", "tanh");
  b.node("Split", {"g"}, {"a", "b"}).integer("axis", 1).integer("num_outputs", 2);
  b.node("Max", {"a", "b"}, {"y"});
  b.output("y");
  EXPECT_EQ(imported(b).output_shape(), (Shape{2}));
}

}  // namespace
}  // namespace roofscape
