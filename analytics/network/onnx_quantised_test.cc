// Quantised files: which layers' quantisers QONNX's and ONNX's operators become, and what is refused. What the networks
// then compute is compared with the operators' definitions in tests/conformance/onnx/quantised_semantics_test.cc.
#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/network/onnx_import.h"
#include "tests/support/onnx_builder.h"

namespace roofscape {
namespace {

using ::testing::AllOf;
using testing::bytes_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::onnx_bytes;
using testing::onnx_tensor;
using testing::OnnxBuilder;
using testing::OnnxNode;
using testing::StatusIs;

constexpr const char* kDomain = "qonnx.custom_op.general";

std::vector<std::string> operations(const Network& network) {
  std::vector<std::string> names;
  for (const Layer& layer : network.layers()) names.push_back(operation_name(layer.operation));
  return names;
}

std::vector<float> values(const Tensor* tensor) { return {tensor->values().begin(), tensor->values().end()}; }

Network imported(const OnnxBuilder& b) {
  Result<Imported> result = import_onnx(bytes_of(b.bytes()));
  EXPECT_THAT(result, IsOk());
  if (!result.ok()) {
    NetworkBuilder empty;
    return *empty.finish(empty.input({1}));
  }
  return std::move(result->network);
}

Status refusal(const OnnxBuilder& b) { return import_onnx(bytes_of(b.bytes())).status(); }

std::string format(const QuantiserPtr& quantiser) { return quantiser ? quantiser->format.name() : "none"; }

// A file with a Quant of the given numbers: y = Quant(x), everything an initialiser named after its role.
struct QuantFile : OnnxBuilder {
  explicit QuantFile(std::vector<std::int64_t> x = {-1, 4}) {
    input("x", x);
    output("y");
  }
  OnnxNode quant(const std::string& from, const std::string& to, float scale, float zero_point, float bits,
                 const std::string& op = "Quant") {
    weight(to + ".scale", {}, {scale});
    weight(to + ".zero", {}, {zero_point});
    weight(to + ".bits", {}, {bits});
    OnnxNode n = node(op, {from, to + ".scale", to + ".zero", to + ".bits"}, {to});
    return n.domain(kDomain).name("q_" + to);
  }
};

// ---- QONNX ----

TEST(QonnxImportTest, WeightsAndActivationsGiveTheLayerItsQuantisers) {
  for (const std::string domain : {kDomain, "onnx.brevitas", "finn.custom_op.general", ""}) {
    QuantFile f;
    f.weight("w", {4, 3}, {0.3F, -0.4F, 0.6F, 9, -9, 0.25F, -0.75F, 0, 1, 1.1F, 2, -2});
    f.quant("x", "qx", 0.25F, 3, 4).domain(domain).integer("signed", 0).text("rounding_mode", "floor");
    f.quant("w", "qw", 0.5F, 0, 3, "IntQuant").domain(domain).integer("narrow", 1);
    f.node("MatMul", {"qx", "qw"}, {"y"});
    const Network net = imported(f);
    ASSERT_THAT(operations(net), ElementsAre("Input", "Gemm")) << domain;
    const Layer& dense = net.layer(1);
    EXPECT_EQ(*dense.arithmetic.weight, (Quantiser{NumberFormat::integer(3, Signedness::kSigned, true), {0.5F}, {0}}));
    EXPECT_THAT(values(dense.weight()), ElementsAre(0.5F, 1.5F, -1, 1, -0.5F, -1.5F, 0, 1.5F, 0.5F, 0, 1, -1.5F));
    Quantiser input{NumberFormat::integer(4, Signedness::kUnsigned), {0.25F}, {3}};
    input.rounding = Rounding::kFloor;
    input.zero_point_first = true;
    EXPECT_EQ(*dense.arithmetic.input(0), input);
  }
}

TEST(QonnxImportTest, EveryWayOfRoundingIsKnownInAnyCase) {
  const std::pair<std::string, Rounding> names[] = {
      {"ROUND", Rounding::kHalfEven}, {"half_even", Rounding::kHalfEven}, {"CEIL", Rounding::kCeil},
      {"Floor", Rounding::kFloor},    {"UP", Rounding::kAwayFromZero},    {"down", Rounding::kTowardsZero},
      {"HALF_UP", Rounding::kHalfUp}, {"half_Down", Rounding::kHalfDown}};
  for (const auto& [name, rounding] : names) {
    QuantFile f;
    f.quant("x", "q", 1, 0, 8).text("rounding_mode", name);
    f.node("Relu", {"q"}, {"y"});
    const Network net = imported(f);
    ASSERT_EQ(net.size(), 2) << name;
    EXPECT_EQ(net.layer(1).arithmetic.input(0)->rounding, rounding) << name;
    EXPECT_FALSE(net.layer(1).arithmetic.input(0)->zero_point_first) << "without a zero point there is no order";
  }
}

TEST(QonnxImportTest, ScalesMayRunAlongAnAxis) {
  QuantFile f({-1, 2, 3, 3});
  f.weight("w", {2, 2, 1, 1}, {0.26F, 0.74F, 1.2F, -1.2F});
  f.weight("ws", {2, 1, 1, 1}, {0.25F, 1});
  f.weight("zero", {}, {0});
  f.weight("bits", {}, {4});
  f.weight("xs", {1, 2, 1, 1}, {0.5F, 2});
  f.node("Quant", {"w", "ws", "zero", "bits"}, {"qw"}).domain(kDomain);
  f.node("Quant", {"x", "xs", "zero", "bits"}, {"qx"}).domain(kDomain);
  f.node("Conv", {"qx", "qw"}, {"y"});
  const Network net = imported(f);
  ASSERT_EQ(net.size(), 2);
  const Arithmetic& arithmetic = net.layer(1).arithmetic;
  EXPECT_EQ(arithmetic.weight->axis, 0);
  EXPECT_THAT(arithmetic.weight->scale, ElementsAre(0.25F, 1));
  EXPECT_EQ(arithmetic.input(0)->axis, 0);  // of one image
  EXPECT_THAT(arithmetic.input(0)->scale, ElementsAre(0.5F, 2));
  EXPECT_THAT(values(net.layer(1).weight()), ElementsAre(0.25F, 0.75F, 1, -1));
}

TEST(QonnxImportTest, AxesFollowTheWeightThroughTransposes) {
  QuantFile f;
  f.weight("w", {3, 4});
  f.weight("ws", {3, 1}, {0.25F, 0.5F, 1});
  f.weight("zero", {}, {0});
  f.weight("bits", {}, {8});
  f.node("Quant", {"w", "ws", "zero", "bits"}, {"qw"}).domain(kDomain);
  f.node("Transpose", {"qw"}, {"wt"}).ints("perm", {1, 0});
  f.node("MatMul", {"x", "wt"}, {"y"});
  const Network net = imported(f);
  ASSERT_NE(net.layer(1).arithmetic.weight, nullptr);
  EXPECT_EQ(net.layer(1).arithmetic.weight->axis, 0);
  EXPECT_THAT(net.layer(1).arithmetic.weight->scale, ElementsAre(0.25F, 0.5F, 1));
}

TEST(QonnxImportTest, OneSignedBitIsBipolar) {
  QuantFile f;
  f.quant("x", "a", 0.5F, 0, 1);
  f.node("Neg", {"a"}, {"n"});
  f.weight("s", {1}, {2});
  f.node("BipolarQuant", {"n", "s"}, {"b"}).domain(kDomain);
  f.node("Abs", {"b"}, {"y"});
  const Network net = imported(f);
  ASSERT_THAT(operations(net), ElementsAre("Input", "Neg", "Abs"));
  EXPECT_EQ(format(net.layer(1).arithmetic.input(0)), "bipolar");
  EXPECT_EQ(*net.layer(2).arithmetic.input(0), (Quantiser{NumberFormat::bipolar(), {2}, {0}}));
}

TEST(QonnxImportTest, FloatQuantBecomesAMinifloat) {
  const auto read = [](float exponent, float mantissa, float bias, float largest) {
    QuantFile f;
    f.weight("scale", {}, {0.5F});
    f.weight("e", {}, {exponent});
    f.weight("m", {}, {mantissa});
    f.weight("bias", {}, {bias});
    f.weight("max", {}, {largest});
    f.node("FloatQuant", {"x", "scale", "e", "m", "bias", "max"}, {"q"}).domain(kDomain).name("fq");
    f.node("Abs", {"q"}, {"y"});
    return import_onnx(bytes_of(f.bytes()));
  };
  const auto quantiser = [&](float exponent, float mantissa, float bias, float largest) {
    const Result<Imported> m = read(exponent, mantissa, bias, largest);
    EXPECT_THAT(m, IsOk());
    return m.ok() ? *m->network.layer(1).arithmetic.input(0) : Quantiser{};
  };
  EXPECT_EQ(quantiser(4, 3, 7, 448), (Quantiser{NumberFormat::finite(4, 3), {0.5F}, {0}}));
  EXPECT_EQ(quantiser(4, 3, 7, 240), (Quantiser{NumberFormat::minifloat(4, 3), {0.5F}, {0}}));
  EXPECT_EQ(quantiser(5, 2, 15, 57344), (Quantiser{NumberFormat::minifloat(5, 2), {0.5F}, {0}}));
  EXPECT_EQ(quantiser(2, 1, 1, 6), (Quantiser{NumberFormat::finite(2, 1), {0.5F}, {0}}));
  EXPECT_EQ(quantiser(2, 1, 1, 1000), (Quantiser{NumberFormat::finite(2, 1), {0.5F}, {0}}));  // as far as it reaches
  // Another bias is another scale: with a bias of 0 all numbers are twice as large.
  EXPECT_EQ(quantiser(2, 1, 0, 12), (Quantiser{NumberFormat::finite(2, 1), {1}, {0}}));
  EXPECT_THAT(read(4, 3, 7, 100),
              StatusIs(Code::kUnimplemented, AllOf(HasSubstr("node 'fq'"), HasSubstr("240 or 448"))));
  EXPECT_THAT(read(9, 3, 7, 100), StatusIs(Code::kUnimplemented, HasSubstr("exponent bit width is 9")));
}

TEST(QonnxImportTest, BiasesLieOnTheirGrid) {
  QuantFile f({-1, 2});
  f.weight("w", {2, 2}, {1, 0, 0, 1});
  f.weight("c", {2}, {0.3F, -0.8F});
  f.quant("c", "qc", 0.25F, 0, 16);
  f.node("Gemm", {"x", "w", "qc"}, {"y"});
  const Network net = imported(f);
  EXPECT_THAT(values(net.layer(1).constants[1].get()), ElementsAre(0.25F, -0.75F));
}

TEST(QonnxImportTest, NormalisationsAreNotFoldedIntoWeightsOnAGrid) {
  QuantFile f({-1, 2});
  f.weight("w", {2, 2}, {1, 0, 0, 1});
  f.weight("gamma", {2}, {2, 3});
  f.weight("one", {2}, {1, 1});
  f.quant("w", "qw", 1, 0, 2);
  f.node("MatMul", {"x", "qw"}, {"m"});
  f.node("BatchNormalization", {"m", "gamma", "one", "one", "one"}, {"y"});
  const Network net = imported(f);
  EXPECT_THAT(operations(net), ElementsAre("Input", "Gemm", "BatchNormalization"));
  EXPECT_THAT(values(net.layer(1).weight()), ElementsAre(1, 0, 0, 1));
}

// ---- Where quantisers go ----

TEST(QuantiserPlacementTest, PastLayersThatMoveValuesToThoseThatReadThem) {
  QuantFile f({-1, 2, 4, 4});
  f.weight("w", {8, 3}, 0.5F);
  f.integers("target", {0, -1});
  f.quant("x", "q", 0.5F, 0, 4);
  f.node("MaxPool", {"q"}, {"p"}).ints("kernel_shape", {2, 2}).ints("strides", {2, 2});
  f.node("Relu", {"p"}, {"r"});
  f.node("Reshape", {"r", "target"}, {"f"});
  f.quant("w", "qw", 0.5F, 0, 4);
  f.node("MatMul", {"f", "qw"}, {"y"});
  const Network net = imported(f);
  ASSERT_THAT(operations(net), ElementsAre("Input", "MaxPool", "Relu", "Reshape", "Gemm"));
  for (LayerId id = 1; id < 4; ++id) EXPECT_TRUE(net.layer(id).arithmetic.is_fp32()) << id;
  EXPECT_EQ(format(net.layer(4).arithmetic.input(0)), "int4");
}

TEST(QuantiserPlacementTest, ReluStopsFormatsWithoutZero) {
  QuantFile f;
  f.quant("x", "q", 0.5F, 0, 1);
  f.node("Relu", {"q"}, {"r"});
  f.node("Abs", {"r"}, {"y"});
  const Network net = imported(f);
  EXPECT_EQ(format(net.layer(1).arithmetic.input(0)), "bipolar");
  EXPECT_EQ(format(net.layer(2).arithmetic.input(0)), "none");
}

TEST(QuantiserPlacementTest, ConcatHandsOnWhatAllItsInputsShare) {
  for (const float other : {0.5F, 0.25F}) {
    QuantFile f;
    f.quant("x", "a", 0.5F, 0, 4);
    f.node("Neg", {"x"}, {"n"});
    f.quant("n", "b", other, 0, 4);
    f.node("Concat", {"a", "b"}, {"c"}).integer("axis", 1);
    f.node("Abs", {"c"}, {"y"});
    const Network net = imported(f);
    ASSERT_THAT(operations(net), ElementsAre("Input", "Neg", "Concat", "Abs"));
    EXPECT_EQ(format(net.layer(3).arithmetic.input(0)), other == 0.5F ? "int4" : "none");
    EXPECT_EQ(format(net.layer(2).arithmetic.input(1)), other == 0.5F ? "none" : "int4");
  }
}

TEST(QuantiserPlacementTest, TheOutputAndSecondQuantisersKeepALayer) {
  QuantFile f;
  f.quant("x", "a", 0.5F, 0, 4);
  f.quant("a", "b", 0.375F, 0, 4);
  f.node("Abs", {"a"}, {"c"});
  f.node("Add", {"b", "c"}, {"s"});
  f.quant("s", "y", 1, 0, 8);
  const Network net = imported(f);
  ASSERT_THAT(operations(net), ElementsAre("Input", "Reshape", "Abs", "Add", "Reshape"));
  EXPECT_EQ(net.layer(1).name, "q_a");
  EXPECT_EQ(format(net.layer(1).arithmetic.input(0)), "int4");
  EXPECT_EQ(net.layer(2).inputs, (std::vector<LayerId>{0}));  // Abs quantises for itself
  EXPECT_EQ(format(net.layer(2).arithmetic.input(0)), "int4");
  EXPECT_THAT(net.layer(3).inputs, ElementsAre(1, 2));
  EXPECT_EQ(net.layer(3).arithmetic.input(0)->scale[0], 0.375F);
  EXPECT_EQ(net.layer(4).name, "q_y");
}

// ---- MultiThreshold and Trunc ----

TEST(QonnxImportTest, ReadersOfMultiThresholdKnowItsIntegers) {
  const auto read = [](float scale, float bias, std::int64_t steps) {
    QuantFile f({-1, 2, 3, 3});
    f.weight("t", {2, steps});
    f.node("MultiThreshold", {"x", "t"}, {"m"})
        .domain(kDomain)
        .text("out_dtype", "INT4")
        .real("out_scale", scale)
        .real("out_bias", bias);
    f.node("Abs", {"m"}, {"y"});
    return imported(f);
  };
  const Network net = read(1, -7, 14);
  ASSERT_THAT(operations(net), ElementsAre("Input", "MultiThreshold", "Abs"));
  EXPECT_EQ(net.layer(1).as<op::MultiThreshold>()->axis, 0);
  EXPECT_EQ(net.layer(1).as<op::MultiThreshold>()->bias, -7);
  EXPECT_EQ(format(net.layer(2).arithmetic.input(0)), "int4");
  EXPECT_EQ(*read(0.5F, 0, 15).layer(2).arithmetic.input(0),
            (Quantiser{NumberFormat::integer(4, Signedness::kUnsigned), {0.5F}, {0}}));
  EXPECT_EQ(*read(2, -1, 1).layer(2).arithmetic.input(0), (Quantiser{NumberFormat::bipolar(), {1}, {0}}));
  EXPECT_EQ(format(read(1, 0.3F, 3).layer(2).arithmetic.input(0)), "none");
}

TEST(QonnxImportTest, ChannelsOfMultiThresholdFollowDataLayout) {
  QuantFile f({-1, 3, 3, 2});
  f.weight("t", {2, 3});
  f.node("MultiThreshold", {"x", "t"}, {"y"}).domain(kDomain).text("data_layout", "NHWC");
  EXPECT_EQ(imported(f).layer(1).as<op::MultiThreshold>()->axis, 2);

  QuantFile rows({-1, 3, 2});
  rows.weight("t", {2, 3});
  rows.node("MultiThreshold", {"x", "t"}, {"y"}).domain(kDomain);
  EXPECT_EQ(imported(rows).layer(1).as<op::MultiThreshold>()->axis, 1);

  QuantFile wrong({-1, 3, 2});
  wrong.weight("t", {2, 3});
  wrong.node("MultiThreshold", {"x", "t"}, {"y"}).domain(kDomain).text("data_layout", "NHWC");
  EXPECT_THAT(refusal(wrong), StatusIs(Code::kUnimplemented, HasSubstr("data_layout is 'NHWC'")));

  QuantFile few({-1, 4, 2, 2});
  few.weight("t", {3, 3});
  few.node("MultiThreshold", {"x", "t"}, {"y"}).domain(kDomain);
  EXPECT_THAT(refusal(few), StatusIs(Code::kInvalidArgument, HasSubstr("wants 4 rows")));
}

TEST(QonnxImportTest, TruncInBothVersions) {
  QuantFile f;
  f.quant("x", "q", 0.5F, 0, 8);
  f.weight("s", {}, {0.5F});
  f.weight("z", {}, {0});
  f.weight("in", {}, {8});
  f.weight("out", {}, {4});
  f.node("Trunc", {"q", "s", "z", "in", "out"}, {"y"}).domain(kDomain);
  const Network net = imported(f);
  ASSERT_THAT(operations(net), ElementsAre("Input", "Trunc"));
  EXPECT_EQ(*net.layer(1).as<op::Truncate>(), (op::Truncate{.scale = 0.5F, .shift = 4, .output_scale = 0.5F}));
  EXPECT_EQ(format(net.layer(1).arithmetic.input(0)), "int8");

  QuantFile second;
  second.quant("x", "q", 0.5F, 0, 8);
  second.weight("s", {}, {0.5F});
  second.weight("z", {}, {8});
  second.weight("in", {}, {8});
  second.weight("os", {}, {2});
  second.weight("out", {}, {4});
  second.node("Trunc", {"q", "s", "z", "in", "os", "out"}, {"t"})
      .domain(kDomain)
      .text("rounding_mode", "ROUND")
      .integer("signed", 0);
  second.node("Abs", {"t"}, {"y"});
  const Network cut = imported(second);
  ASSERT_THAT(operations(cut), ElementsAre("Input", "Trunc", "Abs"));
  const auto& o = *cut.layer(1).as<op::Truncate>();
  EXPECT_EQ(o.shift, 2);
  EXPECT_EQ(o.output_zero_point, 2);
  EXPECT_EQ(o.rounding, Rounding::kHalfEven);
  EXPECT_EQ(*cut.layer(2).arithmetic.input(0), (Quantiser{NumberFormat::integer(4, Signedness::kUnsigned), {2}, {2}}));
}

// ---- What QONNX's operators may not say ----

TEST(QonnxImportTest, RefusalsNameNodeAndField) {
  const auto refused = [](float scale, float zero_point, float bits, auto change) {
    QuantFile f;
    OnnxNode node = f.quant("x", "y", scale, zero_point, bits);
    change(f, node);
    return refusal(f);
  };
  const auto nothing = [](QuantFile&, OnnxNode&) {};
  const auto fails = [](Code code, const std::string& text) {
    return StatusIs(code, AllOf(HasSubstr("node 'q_y'"), HasSubstr(text)));
  };
  EXPECT_THAT(refused(1, 0.5F, 8, nothing), fails(Code::kUnimplemented, "zero point is 0.5; a whole number"));
  EXPECT_THAT(refused(1, 200, 8, nothing), fails(Code::kInvalidArgument, "zero point 0 of a quantiser is 200"));
  EXPECT_THAT(refused(0, 0, 8, nothing), fails(Code::kInvalidArgument, "scale 0 of a quantiser is 0"));
  EXPECT_THAT(refused(-1, 0, 8, nothing), fails(Code::kInvalidArgument, "use a positive finite number"));
  EXPECT_THAT(refused(1, 0, 40, nothing), fails(Code::kUnimplemented, "bit width is 40; a whole number from 1 to 32"));
  EXPECT_THAT(refused(1, 0, 2.5F, nothing), fails(Code::kUnimplemented, "bit width is 2.5"));
  EXPECT_THAT(refused(1, 1, 1, nothing), fails(Code::kUnimplemented, "one signed bit (-1 and +1) and zero point 1"));
  EXPECT_THAT(refused(1, 0, 8, [](auto&, auto& n) { n.text("rounding_mode", "STOCHASTIC"); }),
              fails(Code::kUnimplemented, "rounding_mode is 'STOCHASTIC'; ROUND"));
  EXPECT_THAT(refused(1, 0, 8, [](auto&, auto& n) { n.integer("signed", 0).integer("narrow", 1); }),
              fails(Code::kUnimplemented, "unsigned and narrow"));
  EXPECT_THAT(refused(1, 0, 32, [](auto&, auto& n) { n.integer("signed", 0); }),
              fails(Code::kUnimplemented, "from 1 to 31"));
  EXPECT_THAT(refused(1, 0, 8, [](auto&, auto& n) { n.proto()->set_input(1, "x"); }),
              fails(Code::kUnimplemented, "its scale ('x') depends on the network's input; it must be a constant"));
  EXPECT_THAT(refused(1, 0, 8, [](auto&, auto& n) { n.proto()->mutable_input()->RemoveLast(); }),
              fails(Code::kInvalidArgument, "its bit width (input 3) is missing"));
  EXPECT_THAT(refused(1, 0, 8,
                      [](auto& f, auto& n) {
                        f.weight("s2", {2, 2}, {1, 1, 1, 1});
                        n.proto()->set_input(1, "s2");
                      }),
              fails(Code::kUnimplemented, "its scale is [2, 2]"));
  EXPECT_THAT(refused(1, 0, 8, [](auto&, auto& n) { n.domain("some.other"); }),
              fails(Code::kUnimplemented, "does not know this operator"));
}

// ---- ONNX ----

// x → QuantizeLinear of a type → … ; zero points are made of bytes.
struct LinearFile : OnnxBuilder {
  explicit LinearFile(std::vector<std::int64_t> x = {-1, 4}, std::int64_t opset = 13) : OnnxBuilder(opset) {
    input("x", x);
    output("y");
  }
  void parameters(const std::string& name, float scale, std::int32_t type, int zero_point) {
    weight(name + ".s", {}, {scale});
    const bool wide = type == 4 || type == 5;
    std::string bytes(1, static_cast<char>(zero_point));
    if (wide) bytes.push_back(static_cast<char>(zero_point >> 8));
    initialiser(name + ".z", onnx_bytes({}, type, bytes));
  }
  void quantize(const std::string& from, const std::string& to, float scale, std::int32_t type, int zero_point) {
    parameters(to, scale, type, zero_point);
    node("QuantizeLinear", {from, to + ".s", to + ".z"}, {to});
  }
  // With the scale and zero point of an earlier quantize.
  void dequantize(const std::string& from, const std::string& to, const std::string& with) {
    node("DequantizeLinear", {from, with + ".s", with + ".z"}, {to});
  }
};

TEST(LinearImportTest, TypesBecomeFormats) {
  const std::pair<std::int32_t, std::string> types[] = {{2, "uint8"},  {3, "int8"},  {4, "uint16"},  {5, "int16"},
                                                        {21, "uint4"}, {22, "int4"}, {17, "e4m3fn"}, {19, "e5m2"}};
  for (const auto& [type, name] : types) {
    LinearFile f;
    f.quantize("x", "q", 0.5F, type, 0);
    f.dequantize("q", "d", "q");
    f.node("Abs", {"d"}, {"y"});
    const Network net = imported(f);
    ASSERT_THAT(operations(net), ElementsAre("Input", "Abs")) << name;
    EXPECT_EQ(format(net.layer(1).arithmetic.input(0)), name);
    EXPECT_FALSE(net.layer(1).arithmetic.input(0)->zero_point_first);
  }
}

TEST(LinearImportTest, WeightsOfFourBitsAndOfEight) {
  LinearFile f({-1, 2});
  f.initialiser("w", onnx_bytes({2, 3}, 22, std::string("\x21\xf8\x07", 3)));  // 1, 2, -8, -1, 7, 0
  f.weight("w.s", {3}, {0.5F, 1, 2});
  f.node("DequantizeLinear", {"w", "w.s"}, {"dw"}).integer("axis", 1);
  f.quantize("x", "q", 0.5F, 2, 128);
  f.dequantize("q", "d", "q");
  f.node("MatMul", {"d", "dw"}, {"y"});
  const Network net = imported(f);
  ASSERT_EQ(net.size(), 2);
  const Layer& dense = net.layer(1);
  EXPECT_EQ(format(dense.arithmetic.weight), "int4");
  EXPECT_EQ(dense.arithmetic.weight->axis, 0);
  EXPECT_THAT(dense.arithmetic.weight->scale, ElementsAre(0.5F, 1, 2));
  EXPECT_THAT(values(dense.weight()), ElementsAre(0.5F, -0.5F, 2, 7, -16, 0));
  EXPECT_EQ(*dense.arithmetic.input(0), (Quantiser{NumberFormat::integer(8, Signedness::kUnsigned), {0.5F}, {128}}));
}

TEST(LinearImportTest, FloatWeightsMayBeQuantisedInTheFile) {
  LinearFile f({-1, 2});
  f.weight("w", {2, 1}, {0.3F, -10});
  f.parameters("qw", 0.25F, 3, 0);
  f.integers("low", {-7}), f.integers("high", {7});
  f.node("QuantizeLinear", {"w", "qw.s", "qw.z"}, {"qw"});
  f.node("Clip", {"qw", "low", "high"}, {"cw"});
  f.node("DequantizeLinear", {"cw", "qw.s", "qw.z"}, {"dw"});
  f.node("MatMul", {"x", "dw"}, {"y"});
  const Network net = imported(f);
  EXPECT_EQ(format(net.layer(1).arithmetic.weight), "int4n");
  EXPECT_THAT(values(net.layer(1).weight()), ElementsAre(0.25F, -1.75F));
}

TEST(LinearImportTest, MovedIntegersStayIntegers) {
  LinearFile f({-1, 2, 4, 4});
  f.quantize("x", "q", 0.5F, 3, 4);
  f.node("MaxPool", {"q"}, {"p"}).ints("kernel_shape", {2, 2});
  f.node("Flatten", {"p"}, {"f"});
  f.dequantize("f", "d", "q");
  f.node("Abs", {"d"}, {"y"});
  const Network net = imported(f);
  ASSERT_THAT(operations(net), ElementsAre("Input", "MaxPool", "Abs", "Reshape"));
  EXPECT_EQ(format(net.layer(2).arithmetic.input(0)), "int8");
}

TEST(LinearImportTest, ClippedIntegersAreANarrowerFormat) {
  LinearFile f;
  f.quantize("x", "q", 0.5F, 3, 1);
  f.initialiser("low", onnx_bytes({}, 3, "\xf8"));
  f.initialiser("high", onnx_bytes({}, 3, "\x07"));
  f.node("Clip", {"q", "low", "high"}, {"c"});
  f.dequantize("c", "d", "q");
  f.node("Abs", {"d"}, {"y"});
  const Network net = imported(f);
  ASSERT_THAT(operations(net), ElementsAre("Input", "Abs"));
  EXPECT_EQ(*net.layer(1).arithmetic.input(0), (Quantiser{NumberFormat::integer(4, Signedness::kSigned), {0.5F}, {1}}));
}

TEST(LinearImportTest, RefusalsSayWhatWouldBeRight) {
  {
    LinearFile f;
    f.quantize("x", "q", 0.5F, 3, 0);
    f.node("Abs", {"q"}, {"y"});
    EXPECT_THAT(refusal(f), StatusIs(Code::kUnimplemented, AllOf(HasSubstr("node 'y' (Abs"),
                                                                 HasSubstr("a DequantizeLinear is needed before"))));
  }
  {
    LinearFile f;
    f.node("DynamicQuantizeLinear", {"x"}, {"y", "s", "z"});
    EXPECT_THAT(refusal(f), StatusIs(Code::kUnimplemented, HasSubstr("anew for every input")));
  }
  {
    LinearFile f({-1, 4}, 21);
    f.weight("s", {2, 2});
    f.node("QuantizeLinear", {"x", "s"}, {"y"}).integer("block_size", 2);
    EXPECT_THAT(refusal(f), StatusIs(Code::kUnimplemented, HasSubstr("block_size is 2")));
  }
  {
    LinearFile f;
    f.parameters("q", 1, 3, 0);
    f.dequantize("x", "y", "q");
    EXPECT_THAT(refusal(f), StatusIs(Code::kUnimplemented, HasSubstr("must hold the integers of a QuantizeLinear")));
  }
  {
    LinearFile f;
    f.quantize("x", "a", 1, 3, 0);
    f.quantize("x", "b", 2, 3, 0);
    f.node("Concat", {"a", "b"}, {"y"}).integer("axis", 1);
    EXPECT_THAT(refusal(f), StatusIs(Code::kUnimplemented, HasSubstr("integers of different scales")));
  }
  {
    LinearFile f;
    f.quantize("x", "a", 1, 3, 0);
    f.initialiser("low", onnx_bytes({}, 3, "\xf9"));
    f.initialiser("high", onnx_bytes({}, 3, "\x05"));
    f.node("Clip", {"a", "low", "high"}, {"y"});
    EXPECT_THAT(refusal(f), StatusIs(Code::kUnimplemented, HasSubstr("clips integers to -7 to 5")));
  }
}

TEST(LinearImportTest, QuantisedOperatorsBecomeIntegerLayers) {
  LinearFile f({-1, 1, 4, 4});
  f.quantize("x", "q", 0.5F, 2, 128);
  f.initialiser("w", onnx_bytes({2, 1, 1, 1}, 3, "\x02\xfd"));
  f.weight("w.s", {2}, {0.25F, 0.5F});
  f.initialiser("w.z", onnx_bytes({2}, 3, std::string(2, '\0')));
  auto bias = testing::onnx_integers({2}, {8, -4});
  bias.set_data_type(onnx::TensorProto::INT32);
  bias.clear_int64_data();
  bias.add_int32_data(8);
  bias.add_int32_data(-4);
  f.initialiser("b", bias);
  f.parameters("c", 1, 2, 3);
  f.node("QLinearConv", {"q", "q.s", "q.z", "w", "w.s", "w.z", "c.s", "c.z", "b"}, {"c"});
  f.parameters("g", 0.125F, 2, 0);
  f.node("QLinearGlobalAveragePool", {"c", "c.s", "c.z", "g.s", "g.z"}, {"g"}).domain("com.microsoft");
  f.dequantize("g", "y", "g");
  const Network net = imported(f);
  ASSERT_THAT(operations(net), ElementsAre("Input", "Conv", "GlobalAveragePool", "Reshape"));
  const Layer& conv = net.layer(1);
  EXPECT_EQ(format(conv.arithmetic.input(0)), "uint8");
  EXPECT_EQ(format(conv.arithmetic.weight), "int8");
  EXPECT_EQ(conv.arithmetic.weight->axis, 0);
  EXPECT_THAT(values(conv.constants[1].get()), ElementsAre(1, -1));  // 8·0.5·0.25 and -4·0.5·0.5
  EXPECT_EQ(*net.layer(2).arithmetic.input(0), (Quantiser{NumberFormat::integer(8, Signedness::kUnsigned), {1}, {3}}));
  EXPECT_EQ(net.layer(3).arithmetic.input(0)->scale[0], 0.125F);
}

}  // namespace
}  // namespace roofscape
