// Imported quantised operators against their definitions, written out here as their documents state them, bit for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analytics/base/rng.h"
#include "analytics/base/status_matchers.h"
#include "analytics/engine/engine.h"
#include "analytics/network/integer_layer.h"
#include "analytics/network/onnx_import.h"
#include "tests/support/onnx_builder.h"

namespace roofscape {
namespace {

using testing::bytes_of;
using testing::onnx_bytes;
using testing::OnnxBuilder;

constexpr std::int64_t kImages = 5;
constexpr const char* kDomain = "qonnx.custom_op.general";
constexpr std::int32_t kUint8 = 2, kInt8 = 3;

// Numbers on both sides of a range, many of them ties.
std::vector<float> numbers(std::size_t count, float reach, std::uint64_t seed = 7) {
  Rng rng(seed);
  std::vector<float> values(count);
  for (float& value : values) {
    value = static_cast<float>(2 * rng.uniform() - 1) * reach;
    if (rng.below(2) == 0) value = std::nearbyint(value * 8) / 8;
  }
  return values;
}

std::vector<int> integers(std::size_t count, int low, int high, std::uint64_t seed = 3) {
  Rng rng(seed);
  std::vector<int> values(count);
  for (int& value : values) value = low + static_cast<int>(rng.below(static_cast<std::uint64_t>(high - low + 1)));
  return values;
}

std::string bytes(const std::vector<int>& integers) {
  std::string text;
  for (const int integer : integers) text.push_back(static_cast<char>(integer));
  return text;
}

// What the file computes; its matrix layers must be integer layers, if it has any.
std::vector<float> run(const OnnxBuilder& b, const std::vector<float>& x) {
  const Result<Imported> m = import_onnx(bytes_of(b.bytes()));
  EXPECT_THAT(m, testing::IsOk());
  if (!m.ok()) return {};
  for (const Layer& layer : m->network.layers())
    EXPECT_EQ(is_integer_layer(layer), layer.has_weight() || layer.as<op::MatMul>()) << layer.name;
  const auto images = static_cast<std::int64_t>(x.size()) / element_count(m->network.input_shape());
  return engine::Engine({}).run(m->network, x, images).value();
}

// ---- QONNX ----

struct Range {
  int bits = 8;
  bool is_signed = true, narrow = false;
  float lowest() const { return is_signed ? -std::exp2(static_cast<float>(bits - 1)) + (narrow ? 1.0F : 0.0F) : 0; }
  float highest() const { return std::exp2(static_cast<float>(is_signed ? bits - 1 : bits)) - 1; }
};

float rounded(float y, const std::string& mode) {
  const float below = std::floor(y), above = std::ceil(y);
  if (mode == "FLOOR") return below;
  if (mode == "CEIL") return above;
  if (mode == "UP") return y > 0 ? above : below;
  if (mode == "DOWN") return y > 0 ? below : above;
  const float part = y - below;
  if (part != 0.5F) return part < 0.5F ? below : above;
  if (mode == "HALF_UP") return y > 0 ? above : below;
  if (mode == "HALF_DOWN") return y > 0 ? below : above;
  return std::fmod(below, 2.0F) == 0 ? below : above;
}

float quant(float x, float scale, float zero_point, const Range& range, const std::string& mode) {
  float y = x / scale + zero_point;
  y = std::min(std::max(y, range.lowest()), range.highest());
  return (rounded(y, mode) - zero_point) * scale;
}

TEST(QonnxSemantics, QuantInEveryWayOfRoundingAndEveryRange) {
  const std::vector<float> x = numbers(200, 12);
  for (const std::string mode : {"ROUND", "CEIL", "FLOOR", "UP", "DOWN", "HALF_UP", "HALF_DOWN"})
    for (const Range& range : {Range{4, true, false}, Range{4, true, true}, Range{3, false, false},
                               Range{12, true, false}, Range{1, false, false}})
      for (const float scale : {0.25F, 0.3F, 1.0F})
        for (const float zero_point : {0.0F, 1.0F}) {
          // By itself, and read by an integer layer whose weights change nothing.
          const bool multiplied = scale == 0.3F;
          OnnxBuilder b;
          b.input("x", {-1, 8});
          b.weight("s", {}, {scale});
          b.weight("z", {1}, {zero_point});
          b.weight("n", {}, {static_cast<float>(range.bits)});
          std::vector<float> identity(64, 0);
          for (std::size_t i = 0; i < 8; ++i) identity[i * 9] = 1;
          b.weight("w", {8, 8}, identity);
          for (const auto& [name, value] : {std::pair{"one", 1.0F}, {"zero", 0.0F}, {"two", 2.0F}})
            b.weight(name, {}, {value});
          b.node("Quant", {"w", "one", "zero", "two"}, {"qw"}).domain(kDomain);
          if (multiplied) b.node("MatMul", {"q", "qw"}, {"y"});
          b.node("Quant", {"x", "s", "z", "n"}, {multiplied ? "q" : "y"})
              .domain(kDomain)
              .text("rounding_mode", mode)
              .integer("signed", range.is_signed ? 1 : 0)
              .integer("narrow", range.narrow ? 1 : 0);
          b.output("y");
          const std::vector<float> y = run(b, x);
          ASSERT_EQ(y.size(), x.size());
          for (std::size_t i = 0; i < x.size(); ++i)
            ASSERT_EQ(y[i], quant(x[i], scale, zero_point, range, mode))
                << mode << " of " << x[i] << " to " << range.bits << " bits, scale " << scale << ", zero "
                << zero_point;
        }
}

TEST(QonnxSemantics, ZeroPointsAreAddedBeforeRoundingAndInOnnxAfterIt) {
  const std::vector<float> x{0.5F, 1.5F, 2.5F, -0.5F};
  OnnxBuilder b;
  b.input("x", {-1, 4});
  b.weight("s", {}, {1});
  b.weight("z", {}, {1});
  b.weight("n", {}, {8});
  b.node("Quant", {"x", "s", "z", "n"}, {"y"}).domain(kDomain);
  b.output("y");
  EXPECT_THAT(run(b, x), ::testing::ElementsAre(1, 1, 3, -1));
  OnnxBuilder o;
  o.input("x", {-1, 4});
  o.weight("s", {}, {1});
  o.initialiser("z", onnx_bytes({}, kInt8, "\x01"));
  o.node("QuantizeLinear", {"x", "s", "z"}, {"q"});
  o.node("DequantizeLinear", {"q", "s", "z"}, {"y"});
  o.output("y");
  EXPECT_THAT(run(o, x), ::testing::ElementsAre(0, 2, 2, 0));
}

TEST(QonnxSemantics, BipolarQuant) {
  OnnxBuilder b;
  b.input("x", {-1, 4});
  b.weight("s", {1}, {0.75F});
  b.node("BipolarQuant", {"x", "s"}, {"y"}).domain(kDomain);
  b.output("y");
  EXPECT_THAT(run(b, {-3, 0, -0.0F, 0.1F}), ::testing::ElementsAre(-0.75F, 0.75F, 0.75F, 0.75F));
}

TEST(QonnxSemantics, FloatQuant) {
  const std::vector<float> x = numbers(400, 20);
  struct Format {
    int exponent, mantissa, bias;
    float largest;
  };
  for (const Format& f : {Format{4, 3, 7, 448}, Format{5, 2, 15, 57344}, Format{2, 1, 1, 6}, Format{3, 2, 2, 56},
                          Format{2, 3, 1, 7.5F}}) {
    for (const float scale : {1.0F, 0.1F}) {
      OnnxBuilder b;
      b.input("x", {-1, 8});
      const std::pair<const char*, float> parameters[] = {{"s", scale},
                                                          {"e", static_cast<float>(f.exponent)},
                                                          {"m", static_cast<float>(f.mantissa)},
                                                          {"b", static_cast<float>(f.bias)},
                                                          {"l", f.largest}};
      for (const auto& [name, value] : parameters) b.weight(name, {}, {value});
      b.node("FloatQuant", {"x", "s", "e", "m", "b", "l"}, {"y"}).domain(kDomain);
      b.output("y");
      const std::vector<float> y = run(b, x);
      for (std::size_t i = 0; i < x.size(); ++i) {
        const float steps = x[i] / scale;
        float exponent = std::floor(std::log2(std::abs(steps) + 1.17549435e-38F)) - static_cast<float>(f.mantissa);
        exponent = std::max(exponent, static_cast<float>(1 - f.bias - f.mantissa));
        const float unit = std::exp2(exponent);
        const float q = std::clamp(unit * std::nearbyint(steps / unit), -f.largest, f.largest);
        ASSERT_EQ(y[i], q * scale) << x[i] << " in " << f.exponent << ", " << f.mantissa;
      }
    }
  }
}

TEST(QonnxSemantics, TruncInBothVersions) {
  const std::vector<float> x = numbers(200, 12);
  for (const bool second : {false, true})
    for (const std::string mode : {"FLOOR", "ROUND", "CEIL"}) {
      const float scale = 0.125F, zero_point = second ? 4.0F : 3.0F, output_scale = second ? 0.5F : scale;
      OnnxBuilder b;
      b.input("x", {-1, 8});
      b.weight("s", {}, {scale});
      b.weight("z", {}, {zero_point});
      b.weight("in", {}, {8});
      b.weight("os", {}, {output_scale});
      b.weight("out", {}, {second ? 5.0F : 6.0F});
      std::vector<std::string> inputs{"x", "s", "z", "in"};
      if (second) inputs.push_back("os");
      inputs.push_back("out");
      b.node("Trunc", inputs, {"y"}).domain(kDomain).text("rounding_mode", mode);
      b.output("y");
      const std::vector<float> y = run(b, x);
      for (std::size_t i = 0; i < x.size(); ++i) {
        float v = std::nearbyint(x[i] / scale + zero_point) / 4;
        if (second) v = std::min(std::max(v, -16.0F), 15.0F);
        v = (rounded(v, mode) - (second ? zero_point / 4 : zero_point)) * output_scale;
        ASSERT_EQ(y[i], v) << mode << " of " << x[i];
      }
    }
}

TEST(QonnxSemantics, ThresholdsFeedIntegerLayers) {
  const std::vector<float> x = numbers(static_cast<std::size_t>(kImages) * 12, 4);
  std::vector<float> thresholds = numbers(3 * 3, 3, 5), weight = {1, -1, 0, 1, 1, -1};
  for (std::size_t c = 0; c < 3; ++c) std::sort(thresholds.begin() + 3 * c, thresholds.begin() + 3 * (c + 1));
  OnnxBuilder b;
  b.input("x", {-1, 3, 2, 2});
  b.weight("t", {3, 3}, thresholds);
  b.weight("w", {2, 3, 1, 1}, weight);
  b.weight("one", {}, {1});
  b.weight("zero", {}, {0});
  b.weight("two", {}, {2});
  b.node("MultiThreshold", {"x", "t"}, {"m"})
      .domain("finn.custom_op.general")
      .text("out_dtype", "INT2")
      .real("out_bias", -2);
  b.node("Quant", {"w", "one", "zero", "two"}, {"q"}).domain(kDomain);
  b.node("Conv", {"m", "q"}, {"y"});
  b.output("y");
  const std::vector<float> y = run(b, x);
  ASSERT_EQ(y.size(), static_cast<std::size_t>(kImages) * 8);
  for (std::size_t n = 0; n < static_cast<std::size_t>(kImages); ++n)
    for (std::size_t o = 0; o < 2; ++o)
      for (std::size_t p = 0; p < 4; ++p) {
        float sum = 0;
        for (std::size_t c = 0; c < 3; ++c) {
          float reached = -2;
          for (std::size_t t = 0; t < 3; ++t) reached += x[n * 12 + c * 4 + p] >= thresholds[c * 3 + t] ? 1.0F : 0.0F;
          sum += weight[o * 3 + c] * reached;
        }
        ASSERT_EQ(y[n * 8 + o * 4 + p], sum);
      }
}

// ---- ONNX's operators on integers ----

int quantized(float x, float scale, int zero_point, int low, int high) {
  return static_cast<int>(std::clamp(std::nearbyint(x / scale) + static_cast<float>(zero_point),
                                     static_cast<float>(low), static_cast<float>(high)));
}
int requantized(std::int64_t sum, float factor, int zero_point, int low, int high) {
  return static_cast<int>(std::clamp(std::nearbyint(static_cast<float>(sum) * factor) + static_cast<float>(zero_point),
                                     static_cast<float>(low), static_cast<float>(high)));
}

// x [N, 2, 5, 5] in uint8, w [3, 2, 3, 3] in int8 with a scale a channel, pads of 1.
struct ConvCase {
  float x_scale, y_scale;
  std::vector<float> w_scale;
  int x_zero = 121, y_zero = 130;
  std::vector<float> x = numbers(static_cast<std::size_t>(kImages) * 50, 3);
  std::vector<int> w = integers(54, -128, 127), w_zero{0, 0, 0}, bias = integers(3, -2000, 2000);

  std::int64_t sum(std::size_t n, int o, int row, int column) const {
    std::int64_t total = 0;
    for (int c = 0; c < 2; ++c)
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) {
          const int r = row + i - 1, s = column + j - 1;
          if (r < 0 || r >= 5 || s < 0 || s >= 5) continue;  // padding is the zero point
          const float value = x[n * 50 + static_cast<std::size_t>(c * 25 + r * 5 + s)];
          const int code = quantized(value, x_scale, x_zero, 0, 255);
          total += std::int64_t{code - x_zero} *
                   (w[static_cast<std::size_t>(((o * 2 + c) * 3 + i) * 3 + j)] - w_zero[static_cast<std::size_t>(o)]);
        }
    return total;
  }
  OnnxBuilder file() const {
    OnnxBuilder b;
    b.input("x", {-1, 2, 5, 5});
    b.weight("xs", {}, {x_scale});
    b.initialiser("xz", onnx_bytes({}, kUint8, bytes({x_zero})));
    b.initialiser("w", onnx_bytes({3, 2, 3, 3}, kInt8, bytes(w)));
    b.weight("ws", {3}, w_scale);
    b.initialiser("wz", onnx_bytes({3}, kInt8, bytes(w_zero)));
    b.weight("ys", {}, {y_scale});
    b.initialiser("yz", onnx_bytes({}, kUint8, bytes({y_zero})));
    onnx::TensorProto* c = b.initialiser("b", onnx_bytes({3}, onnx::TensorProto::INT32, ""));
    c->clear_raw_data();
    for (const int value : bias) c->add_int32_data(value);
    b.node("QuantizeLinear", {"x", "xs", "xz"}, {"q"});
    return b;
  }
};

// With scales that are powers of two nothing but the codes is rounded; else codes may differ, by one, near ties.
TEST(LinearSemantics, QLinearConv) {
  for (const bool exact : {true, false}) {
    ConvCase c{.x_scale = exact ? 0.03125F : 0.0237F, .y_scale = exact ? 0.5F : 0.3713F, .w_scale = {}};
    c.w_scale =
        exact ? std::vector<float>{0.0078125F, 0.015625F, 0.00390625F} : std::vector<float>{0.0071F, 0.013F, 0.0043F};
    OnnxBuilder b = c.file();
    b.node("QLinearConv", {"q", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"}, {"y"}).ints("pads", {1, 1, 1, 1});
    b.output("y");
    const std::vector<float> y = run(b, c.x);
    ASSERT_EQ(y.size(), static_cast<std::size_t>(kImages) * 75);
    std::size_t i = 0, different = 0;
    for (std::size_t n = 0; n < static_cast<std::size_t>(kImages); ++n)
      for (int o = 0; o < 3; ++o)
        for (int p = 0; p < 25; ++p, ++i) {
          const auto channel = static_cast<std::size_t>(o);
          const int code = requantized(c.sum(n, o, p / 5, p % 5) + c.bias[channel],
                                       c.x_scale * c.w_scale[channel] / c.y_scale, c.y_zero, 0, 255);
          ASSERT_NEAR(y[i], static_cast<float>(code), exact ? 0 : 1);
          different += y[i] != static_cast<float>(code) ? 1 : 0;
        }
    EXPECT_LE(different, 1U);
  }
}

TEST(LinearSemantics, ConvIntegerWithAnotherZeroPointThanTheInputs) {
  ConvCase c{.x_scale = 0.03F, .y_scale = 1, .w_scale = {1, 1, 1}};
  c.w_zero = {3, -2, 0};
  OnnxBuilder b = c.file();
  b.initialiser("other", onnx_bytes({}, kUint8, bytes({117})));
  b.node("ConvInteger", {"q", "w", "other", "wz"}, {"y"}).ints("pads", {1, 1, 1, 1});
  b.output("y");
  const std::vector<float> y = run(b, c.x);
  ASSERT_EQ(y.size(), static_cast<std::size_t>(kImages) * 75);
  std::size_t i = 0;
  for (std::size_t n = 0; n < static_cast<std::size_t>(kImages); ++n)
    for (int o = 0; o < 3; ++o)
      for (int p = 0; p < 25; ++p, ++i) {
        std::int64_t sum = 0;
        for (int k = 0; k < 18; ++k) {
          const int row = p / 5 + k % 9 / 3 - 1, column = p % 5 + k % 3 - 1;
          if (row < 0 || row >= 5 || column < 0 || column >= 5) continue;
          const float value = c.x[n * 50 + static_cast<std::size_t>(k / 9 * 25 + row * 5 + column)];
          sum += std::int64_t{quantized(value, c.x_scale, c.x_zero, 0, 255) - 117} *
                 (c.w[static_cast<std::size_t>(o * 18 + k)] - c.w_zero[static_cast<std::size_t>(o)]);
        }
        ASSERT_EQ(y[i], static_cast<float>(sum));
      }
}

// x [N, 6] in int8 by w [6, 4] in uint8 with a scale a column.
struct MatMulCase {
  std::vector<float> x = numbers(static_cast<std::size_t>(kImages) * 6, 5), w_scale{0.25F, 0.125F, 0.5F, 0.25F};
  std::vector<int> w = integers(24, 0, 255), w_zero{128, 128, 120, 128};
  int x_zero = -3;
  OnnxBuilder file() const {
    OnnxBuilder b;
    b.input("x", {-1, 6});
    b.weight("xs", {}, {0.0625F});
    b.initialiser("xz", onnx_bytes({}, kInt8, bytes({x_zero})));
    b.initialiser("w", onnx_bytes({6, 4}, kUint8, bytes(w)));
    b.weight("ws", {4}, w_scale);
    b.initialiser("wz", onnx_bytes({4}, kUint8, bytes(w_zero)));
    b.weight("ys", {}, {16});
    b.initialiser("yz", onnx_bytes({}, kInt8, bytes({5})));
    b.node("QuantizeLinear", {"x", "xs", "xz"}, {"q"});
    return b;
  }
  std::int64_t sum(std::size_t n, std::size_t o) const {
    std::int64_t total = 0;
    for (std::size_t k = 0; k < 6; ++k)
      total += std::int64_t{quantized(x[n * 6 + k], 0.0625F, x_zero, -128, 127) - x_zero} * (w[k * 4 + o] - w_zero[o]);
    return total;
  }
};

TEST(LinearSemantics, QLinearMatMulAndMatMulIntegerAndQGemm) {
  const MatMulCase c;
  OnnxBuilder linear = c.file(), integer = c.file(), gemm = c.file();
  linear.node("QLinearMatMul", {"q", "xs", "xz", "w", "ws", "wz", "ys", "yz"}, {"y"});
  integer.node("MatMulInteger", {"q", "w", "xz", "wz"}, {"y"});
  onnx::TensorProto* bias = gemm.initialiser("b", onnx_bytes({4}, onnx::TensorProto::INT32, ""));
  bias->clear_raw_data();
  for (const int value : {100, -200, 300, -400}) bias->add_int32_data(value);
  gemm.node("QGemm", {"q", "xs", "xz", "w", "ws", "wz", "b"}, {"y"}).domain("com.microsoft");
  for (OnnxBuilder* b : {&linear, &integer, &gemm}) b->output("y");
  const std::vector<float> y = run(linear, c.x), sums = run(integer, c.x), real = run(gemm, c.x);
  ASSERT_EQ(y.size(), static_cast<std::size_t>(kImages) * 4);
  for (std::size_t n = 0; n < static_cast<std::size_t>(kImages); ++n)
    for (std::size_t o = 0; o < 4; ++o) {
      const float scale = 0.0625F * c.w_scale[o];
      ASSERT_EQ(y[n * 4 + o], static_cast<float>(requantized(c.sum(n, o), scale / 16, 5, -128, 127)));
      ASSERT_EQ(sums[n * 4 + o], static_cast<float>(c.sum(n, o)));
      const int b = (static_cast<int>(o) + 1) * (o % 2 == 0 ? 100 : -100);
      ASSERT_EQ(real[n * 4 + o], static_cast<float>(c.sum(n, o) + b) * scale);
    }
}

TEST(LinearSemantics, QLinearAddAndMulOfTwoActivations) {
  const std::vector<float> x = numbers(static_cast<std::size_t>(kImages) * 8, 5);
  for (const std::string op : {"QLinearAdd", "QLinearMul"}) {
    OnnxBuilder b;
    b.input("x", {-1, 8});
    b.weight("as", {}, {0.0625F});
    b.initialiser("az", onnx_bytes({}, kUint8, bytes({100})));
    b.weight("bs", {}, {0.125F});
    b.initialiser("bz", onnx_bytes({}, kUint8, bytes({90})));
    b.weight("ys", {}, {0.25F});
    b.initialiser("yz", onnx_bytes({}, kUint8, bytes({77})));
    b.node("Neg", {"x"}, {"n"});
    b.node("QuantizeLinear", {"x", "as", "az"}, {"a"});
    b.node("QuantizeLinear", {"n", "bs", "bz"}, {"b"});
    b.node(op, {"a", "as", "az", "b", "bs", "bz", "ys", "yz"}, {"y"}).domain("com.microsoft");
    b.output("y");
    const std::vector<float> y = run(b, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const float left = 0.0625F * static_cast<float>(quantized(x[i], 0.0625F, 100, 0, 255) - 100);
      const float right = 0.125F * static_cast<float>(quantized(-x[i], 0.125F, 90, 0, 255) - 90);
      const float result = op == "QLinearAdd" ? left + right : left * right;
      ASSERT_EQ(y[i], static_cast<float>(quantized(result, 0.25F, 77, 0, 255))) << op << " of " << x[i];
    }
  }
}

}  // namespace
}  // namespace roofscape
