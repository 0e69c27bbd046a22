// The references against values worked out by hand, and against laws that hold whatever the implementation.
#include "analytics/engine/ref/ref.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numeric>

#include "analytics/engine/testing.h"

namespace roofscape::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::FloatNear;
using ::testing::Pointwise;
using testing::random_tensor;
using testing::random_values;
using testing::run_layer;
using Values = std::vector<float>;

// One image through one layer, on the reference.
Values run(const Operation& operation, const std::vector<Shape>& shapes, const std::vector<Values>& inputs,
           std::vector<TensorPtr> constants = {}) {
  Layer layer;
  layer.operation = operation;
  layer.constants = std::move(constants);
  return run_layer(layer, shapes, inputs, 1, "ref");
}

Values counting(int count) {
  Values values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 1.0F);
  return values;
}

TEST(RefConv, SumsWindows) {
  const TensorPtr ones = make_tensor({1, 1, 2, 2}, {1, 1, 1, 1});
  EXPECT_THAT(run(op::Conv{}, {{1, 3, 3}}, {counting(9)}, {ones, nullptr}), ElementsAre(12, 16, 24, 28));
  op::Conv conv;
  conv.stride = {2, 2};
  conv.pad = {1, 0, 0, 1};  // a row of zeros above, a column on the right
  EXPECT_THAT(run(conv, {{1, 3, 3}}, {counting(9)}, {ones, make_tensor({1}, {100})}), ElementsAre(103, 103, 124, 115));
  op::Conv wide;
  wide.dilation = {2, 2};
  EXPECT_THAT(run(wide, {{1, 3, 3}}, {counting(9)}, {ones, nullptr}), ElementsAre(1 + 3 + 7 + 9));
}

TEST(RefConv, GroupsSeeOnlyTheirChannels) {
  op::Conv conv;
  conv.groups = 2;
  const TensorPtr weight = make_tensor({4, 1, 1, 1}, {1, 10, 100, 1000});
  EXPECT_THAT(run(conv, {{2, 1, 2}}, {{1, 2, 3, 4}}, {weight, nullptr}),
              ElementsAre(1, 2, 10, 20, 300, 400, 3000, 4000));
}

// ⟨conv(x), y⟩ = ⟨x, conv_transpose(y)⟩ for the same weights: the one is the other's adjoint.
RC_GTEST_PROP(RefConvTranspose, IsTheAdjointOfConvolution, ()) {
  const auto pick = [](int low, int high) { return std::int64_t{*rc::gen::inRange(low, high + 1)}; };
  Rng rng(static_cast<std::uint64_t>(pick(0, 100'000)));
  const std::int64_t groups = pick(1, 3);
  const std::int64_t channels = groups * pick(1, 3);
  const std::int64_t outputs = groups * pick(1, 3);
  op::Conv conv;
  conv.stride = {pick(1, 3), pick(1, 3)};
  conv.dilation = {pick(1, 2), pick(1, 2)};
  conv.pad = {pick(0, 1), pick(0, 1), pick(0, 1), pick(0, 1)};
  conv.groups = groups;
  const std::int64_t kernel_height = pick(1, 3);
  const std::int64_t kernel_width = pick(1, 3);
  const std::int64_t reach_height = (kernel_height - 1) * conv.dilation[0] + 1 - conv.pad[0] - conv.pad[2];
  const std::int64_t reach_width = (kernel_width - 1) * conv.dilation[1] + 1 - conv.pad[1] - conv.pad[3];
  const std::int64_t out_height = pick(1, 4);
  const std::int64_t out_width = pick(1, 4);
  op::ConvTranspose transposed;
  transposed.stride = conv.stride;
  transposed.dilation = conv.dilation;
  transposed.pad = conv.pad;
  transposed.groups = groups;
  transposed.output_pad = {pick(0, static_cast<int>(conv.stride[0]) - 1),
                           pick(0, static_cast<int>(conv.stride[1]) - 1)};
  const std::int64_t height = (out_height - 1) * conv.stride[0] + reach_height + transposed.output_pad[0];
  const std::int64_t width = (out_width - 1) * conv.stride[1] + reach_width + transposed.output_pad[1];
  RC_PRE(height >= 1 && width >= 1);

  const TensorPtr weight = random_tensor(rng, {outputs, channels / groups, kernel_height, kernel_width});
  const Values x = random_values(rng, channels * height * width);
  const Values y = random_values(rng, outputs * out_height * out_width);
  const Values conv_x = run(conv, {{channels, height, width}}, {x}, {weight, nullptr});
  const Values transposed_y = run(transposed, {{outputs, out_height, out_width}}, {y}, {weight, nullptr});
  RC_ASSERT(conv_x.size() == y.size());
  RC_ASSERT(transposed_y.size() == x.size());
  const double left = std::inner_product(conv_x.begin(), conv_x.end(), y.begin(), 0.0);
  const double right = std::inner_product(x.begin(), x.end(), transposed_y.begin(), 0.0);
  RC_ASSERT(std::abs(left - right) <= 1e-3 * (1 + std::abs(left)));
}

TEST(RefDense, MultipliesEachRow) {
  const TensorPtr weight = make_tensor({2, 3}, {1, 2, 3, -1, 0, 1});
  EXPECT_THAT(run(op::Dense{}, {{2, 3}}, {{1, 1, 1, 1, 0, 2}}, {weight, make_tensor({2}, {10, 20})}),
              ElementsAre(16, 20, 17, 21));
}

TEST(RefDense, IntegerSumsAreExactAndRescaledOnce) {
  Layer layer;
  layer.operation = op::Dense{};
  layer.constants = {make_tensor({1, 3}, {0.5F, -1.0F, 1.5F}), make_tensor({1}, {0.25F})};
  Quantiser w{NumberFormat::integer(4, Signedness::kSigned)};
  w.scale = {0.5F};
  Quantiser x{NumberFormat::integer(8, Signedness::kUnsigned)};
  x.scale = {0.1F};
  x.zero_point = {10};
  layer.arithmetic.weight = std::make_shared<Quantiser>(w);
  layer.arithmetic.inputs = {std::make_shared<Quantiser>(x)};
  // Inputs are 10, 3 and −10 (clipped from −20) steps from zero: 10·1 + 3·(−2) + (−10)·3 = −26.
  EXPECT_THAT(run_layer(layer, {{3}}, {{1.0F, 0.3F, -2.0F}}, 1, "ref"),
              ElementsAre(FloatEq(-26.0F * (0.1F * 0.5F) + 0.25F)));
}

TEST(RefMatMul, BroadcastsLeadingAxes) {
  // Two 1×2 rows by one 2×2 matrix.
  EXPECT_THAT(run(op::MatMul{}, {{2, 1, 2}, {2, 2}}, {{1, 2, 3, 4}, {1, 2, 3, 4}}), ElementsAre(7, 10, 15, 22));
}

TEST(RefActivation, HasTheKnownValues) {
  using Kind = op::Activation::Kind;
  const auto at = [](Kind kind, float x, float alpha = 0, float beta = 0) {
    return activate(op::Activation{kind, alpha, beta}, x);
  };
  EXPECT_EQ(at(Kind::kRelu, -3), 0);
  EXPECT_EQ(at(Kind::kLeakyRelu, -3, 0.5F), -1.5F);
  EXPECT_EQ(at(Kind::kClip, 9, -1, 6), 6);
  EXPECT_FLOAT_EQ(at(Kind::kSigmoid, 1), 0.7310586F);
  EXPECT_FLOAT_EQ(at(Kind::kTanh, 1), 0.7615942F);
  EXPECT_FLOAT_EQ(at(Kind::kHardSigmoid, 1, 0.2F, 0.5F), 0.7F);
  EXPECT_FLOAT_EQ(at(Kind::kHardSwish, 1), 0.6666667F);
  EXPECT_FLOAT_EQ(at(Kind::kElu, -1, 2), -1.2642411F);
  EXPECT_FLOAT_EQ(at(Kind::kGelu, 1), 0.8413447F);
  EXPECT_FLOAT_EQ(at(Kind::kGeluTanh, 1), 0.8411920F);
  EXPECT_FLOAT_EQ(at(Kind::kErf, 1), 0.8427008F);
  EXPECT_FLOAT_EQ(at(Kind::kExp, 1), 2.7182817F);
  EXPECT_FLOAT_EQ(at(Kind::kLog, 2), 0.6931472F);
  EXPECT_FLOAT_EQ(at(Kind::kSqrt, 2), 1.4142135F);
  EXPECT_EQ(at(Kind::kNegate, 2), -2);
  EXPECT_EQ(at(Kind::kAbs, -2), 2);
  EXPECT_EQ(at(Kind::kSquare, -3), 9);
  EXPECT_FLOAT_EQ(at(Kind::kSoftplus, 1), 1.3132616F);
  EXPECT_EQ(at(Kind::kSoftplus, 200), 200);
  EXPECT_FLOAT_EQ(at(Kind::kSoftsign, -3), -0.75F);
  EXPECT_FLOAT_EQ(at(Kind::kSilu, 1), 0.7310586F);
  EXPECT_EQ(at(Kind::kHardShrink, -0.5F, 0.5F), 0);
  EXPECT_EQ(at(Kind::kHardShrink, -0.6F, 0.5F), -0.6F);
  EXPECT_THAT(run(op::Activation{Kind::kPRelu}, {{2, 1, 2}}, {{-1, 1, -1, 1}}, {make_tensor({2, 1, 1}, {2, 3})}),
              ElementsAre(-2, 1, -3, 1));
}

TEST(RefSoftmax, SumsToOneAlongItsAxisWithoutOverflow) {
  const Values result = run(op::Softmax{0}, {{2, 2}}, {{1000, 0, 1000, 1}});
  EXPECT_THAT(result, ElementsAre(FloatEq(0.5F), FloatEq(0.26894143F), FloatEq(0.5F), FloatEq(0.7310586F)));
  EXPECT_THAT(run(op::Softmax{0, true}, {{2}}, {{0, 1}}), ElementsAre(FloatEq(-1.3132617F), FloatEq(-0.31326166F)));
}

// Two lines: x up to 0.5, then level; for exp 1 + x down to −1.
FunctionTablePtr two_lines(op::Activation::Kind kind) {
  FunctionTable table;
  table.function = kind;
  if (kind == op::Activation::Kind::kExp) {
    table.breakpoints = {-1};
    table.slopes = {0, 1};
    table.intercepts = {0, 1};
  } else {
    const bool complement = kind == op::Activation::Kind::kSigmoid;
    table.symmetry = complement ? FunctionTable::Symmetry::kComplement : FunctionTable::Symmetry::kOdd;
    table.breakpoints = {0.5F};
    table.slopes = {1, 0};
    table.intercepts = {complement ? 0.5F : 0.0F, complement ? 1.0F : 0.5F};
  }
  return std::make_shared<const FunctionTable>(table);
}

TEST(RefFunctionTables, StandForTheFunctionsOfTheirLayers) {
  using Kind = op::Activation::Kind;
  Layer layer;
  layer.operation = op::Activation{Kind::kTanh};
  layer.arithmetic.functions = {two_lines(Kind::kTanh)};
  for (const std::string kernel : {"ref", "flat-activation"})
    EXPECT_THAT(testing::run_layer(layer, {{3}}, {{-3, 0.25F, 1}}, 1, kernel), ElementsAre(-0.5F, 0.25F, 0.5F));

  layer.operation = op::Softmax{0};
  layer.arithmetic.functions = {two_lines(Kind::kExp)};  // of 0, −1/2, −5: 1, 1/2, 0
  EXPECT_THAT(testing::run_layer(layer, {{3}}, {{7, 6.5F, 2}}, 1, ""),
              ElementsAre(FloatEq(2 / 3.0F), FloatEq(1 / 3.0F), 0));

  // One unit whose gates see 10, so that they open wide, and 0.25 for the candidate.
  layer.operation = op::Recurrent{};
  layer.constants = {make_tensor({1, 4, 1}, {10, 10, 10, 0.25F}), make_tensor({1, 4, 1}, {0, 0, 0, 0})};
  layer.arithmetic.functions = {two_lines(Kind::kSigmoid), two_lines(Kind::kTanh)};
  EXPECT_THAT(testing::run_layer(layer, {{4, 1}}, {{1, 1, 1, 1}}, 1, ""), ElementsAre(0.25F, 0.5F, 0.5F, 0.5F));
  auto& gru = std::get<op::Recurrent>(layer.operation);
  gru.kind = op::Recurrent::Kind::kGru;
  layer.constants = {make_tensor({1, 3, 1}, {-10, 10, 0.25F}), make_tensor({1, 3, 1}, {0, 0, 1})};
  EXPECT_THAT(testing::run_layer(layer, {{3, 1}}, {{1, 1, 1}}, 1, ""), ElementsAre(0.25F, 0.5F, 0.5F));
}

// Products 6, 5 and −3, in this order, in a register of 4 bits.
TEST(RefAccumulator, AddsInTheOrderOfTheWeight) {
  const auto grid = std::make_shared<const Quantiser>(Quantiser{NumberFormat::integer(4, Signedness::kSigned)});
  const auto sum = [&](const Operation& operation, const Shape& input, TensorPtr weight,
                       Accumulator::Overflow overflow) {
    Layer layer;
    layer.operation = operation;
    layer.arithmetic.inputs = {grid};
    layer.arithmetic.accumulator = Accumulator{4, overflow};
    const Values x{6, 5, -3};
    if (!weight) {
      layer.arithmetic.inputs.push_back(grid);
      return run_layer(layer, {input, {3, 1}}, {x, {1, 1, 1}}, 1, "ref");
    }
    layer.arithmetic.weight = grid;
    layer.constants = {std::move(weight), nullptr};
    return run_layer(layer, {input}, {x}, 1, "ref");
  };
  const auto ones = [](const Shape& shape) { return make_tensor(shape, {1, 1, 1}); };
  for (const auto& [overflow, expected] :
       {std::pair(Accumulator::Overflow::kSaturate, 4.0F), std::pair(Accumulator::Overflow::kWrap, -8.0F)}) {
    EXPECT_THAT(sum(op::Dense{}, {3}, ones({1, 3}), overflow), ElementsAre(expected));
    EXPECT_THAT(sum(op::Conv{}, {3, 1, 1}, ones({1, 3, 1, 1}), overflow), ElementsAre(expected));
    EXPECT_THAT(sum(op::Conv{}, {1, 1, 3}, ones({1, 1, 1, 3}), overflow), ElementsAre(expected));
    EXPECT_THAT(sum(op::ConvTranspose{}, {3, 1, 1}, ones({3, 1, 1, 1}), overflow), ElementsAre(expected));
    EXPECT_THAT(sum(op::MatMul{}, {1, 3}, nullptr, overflow), ElementsAre(expected));
  }
}

TEST(RefSelect, TakesTheEarlyScoresOfConfidentImages) {
  Layer layer;
  layer.operation = op::Select{.confidence = 0.75F};
  // Logits 2 apart: 1 / (1 + e⁻²) = 0.88; 1 apart: 0.73.
  EXPECT_THAT(run_layer(layer, {{2}, {2}}, {{2, 0, 1, 0}, {7, 8, 7, 8}}, 2, ""), ElementsAre(2, 0, 7, 8));
  layer.operation = op::Select{.confidence = 0.75F, .probabilities = true};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(run_layer(layer, {{2}, {2}}, {{0.25F, 0.75F, nan, 1}, {7, 8, 7, 8}}, 2, ""),
              ElementsAre(0.25F, 0.75F, 7, 8));
}

TEST(RefPool, TakesMaximaAndMeansOfWindows) {
  op::Pool pool;
  pool.kernel = pool.stride = {2, 2};
  EXPECT_THAT(run(pool, {{1, 3, 3}}, {counting(9)}), ElementsAre(5));
  pool.ceil_mode = true;
  EXPECT_THAT(run(pool, {{1, 3, 3}}, {counting(9)}), ElementsAre(5, 6, 8, 9));
  pool.kind = op::Pool::Kind::kAverage;
  EXPECT_THAT(run(pool, {{1, 3, 3}}, {counting(9)}), ElementsAre(3, 4.5F, 7.5F, 9));
  pool.ceil_mode = false;
  pool.pad = {1, 1, 0, 0};
  EXPECT_THAT(run(pool, {{1, 3, 3}}, {counting(9)}), ElementsAre(1, 2.5F, 5.5F, 7));
  pool.count_include_pad = true;
  EXPECT_THAT(run(pool, {{1, 3, 3}}, {counting(9)}), ElementsAre(0.25F, 1.25F, 2.75F, 7));
  pool.kind = op::Pool::Kind::kMax;
  EXPECT_THAT(run(pool, {{1, 2, 2}}, {{-1, -2, -3, -4}}), ElementsAre(-1));  // padding is no maximum
}

TEST(RefBinary, BroadcastsAndKeepsTheOrderOfOperands) {
  const op::Binary sub{op::Binary::Kind::kSub};
  EXPECT_THAT(run(sub, {{2, 2}, {2, 1}}, {{1, 2, 3, 4}, {1, 10}}), ElementsAre(0, 1, -7, -6));
  const op::Binary reversed{op::Binary::Kind::kDiv, true};
  EXPECT_THAT(run(reversed, {{2}}, {{2, 4}}, {make_tensor({}, {8})}), ElementsAre(4, 2));
}

TEST(RefMovers, PutElementsWhereTheyBelong) {
  EXPECT_THAT(run(op::Slice{{1, 2}, {2, 2}, {1, -2}}, {{3, 3}}, {counting(9)}), ElementsAre(6, 4, 9, 7));
  op::Pad pad{{1}, {2}, 9, op::Pad::Mode::kConstant};
  EXPECT_THAT(run(pad, {{3}}, {{1, 2, 3}}), ElementsAre(9, 1, 2, 3, 9, 9));
  pad.mode = op::Pad::Mode::kEdge;
  EXPECT_THAT(run(pad, {{3}}, {{1, 2, 3}}), ElementsAre(1, 1, 2, 3, 3, 3));
  pad.mode = op::Pad::Mode::kReflect;
  EXPECT_THAT(run(pad, {{3}}, {{1, 2, 3}}), ElementsAre(2, 1, 2, 3, 2, 1));
  EXPECT_THAT(run(op::Transpose{{1, 0}}, {{2, 3}}, {counting(6)}), ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(run(op::Concat{1}, {{2, 1}, {2, 2}}, {{1, 2}, {3, 4, 5, 6}}), ElementsAre(1, 3, 4, 2, 5, 6));
  EXPECT_THAT(run(op::Gather{1, {2, 0}, {2}}, {{2, 3}}, {counting(6)}), ElementsAre(3, 1, 6, 4));
  EXPECT_THAT(run(op::ReduceMean{{0}, false}, {{2, 2}}, {{1, 2, 3, 6}}), ElementsAre(2, 4));
  EXPECT_THAT(run(op::Affine{0}, {{2, 2}}, {counting(4)}, {make_tensor({2}, {1, 10}), make_tensor({2}, {0.5F, 1})}),
              ElementsAre(1.5F, 2.5F, 31, 41));
}

TEST(RefMultiThreshold, CountsTheThresholdsThatAValueReaches) {
  const op::MultiThreshold o{.axis = 0, .scale = 2, .bias = -1};
  EXPECT_THAT(run(o, {{2, 3}}, {{-1, 0, 5, 1, 2.5F, 3}}, {make_tensor({2, 2}, {0, 4, 2, 3})}),
              ElementsAre(-1, 1, 3, -1, 1, 3));
  EXPECT_THAT(run(o, {{2, 2}}, {{-1, 0, 1, 2}}, {make_tensor({1, 1}, {1})}), ElementsAre(-1, -1, 1, 1));
}

TEST(RefTruncate, CutsLowBitsOffInEveryWayOfRounding) {
  op::Truncate o{.scale = 0.5F, .shift = 2, .output_scale = 2};
  const std::vector<float> x{-3.5F, -1, 0, 1, 2.5F, 3};  // codes -7, -2, 0, 2, 5, 6
  EXPECT_THAT(run(o, {{6}}, {x}), ElementsAre(-4, -2, 0, 0, 2, 2));
  o.rounding = Rounding::kCeil;
  EXPECT_THAT(run(o, {{6}}, {x}), ElementsAre(-2, 0, 0, 2, 4, 4));
  o.rounding = Rounding::kHalfEven;
  EXPECT_THAT(run(o, {{6}}, {x}), ElementsAre(-4, 0, 0, 0, 2, 4));
  o.rounding = Rounding::kTowardsZero;
  o.zero_point = 4;
  o.output_zero_point = 1;
  EXPECT_THAT(run(o, {{6}}, {x}), ElementsAre(-2, -2, 0, 0, 2, 2));
}

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

TEST(RefRecurrent, LstmFollowsItsFormulas) {
  // One unit, one input, two steps; gates in the order i, o, f, c; peepholes i, o, f.
  const Values w{0.1F, 0.2F, 0.3F, 0.4F}, r{0.5F, -0.6F, 0.7F, -0.8F},
      b{0.01F, 0.02F, 0.03F, 0.04F, 0.1F, 0.2F, 0.3F, 0.4F};
  const Values p{0.9F, -0.4F, 0.2F};
  float h = 0.3F;
  float c = -0.2F;
  Values expected;
  for (const float x : {1.0F, -2.0F}) {
    const float i = sigmoid(w[0] * x + r[0] * h + b[0] + b[4] + p[0] * c);
    const float f = sigmoid(w[2] * x + r[2] * h + b[2] + b[6] + p[2] * c);
    c = f * c + i * std::tanh(w[3] * x + r[3] * h + b[3] + b[7]);
    const float o = sigmoid(w[1] * x + r[1] * h + b[1] + b[5] + p[1] * c);
    h = o * std::tanh(c);
    expected.push_back(h);
  }
  const std::vector<TensorPtr> constants{make_tensor({1, 4, 1}, w),    make_tensor({1, 4, 1}, r),
                                         make_tensor({1, 8}, b),       make_tensor({1, 1}, {0.3F}),
                                         make_tensor({1, 1}, {-0.2F}), make_tensor({1, 3}, p)};
  op::Recurrent lstm;
  EXPECT_THAT(run(lstm, {{2, 1}}, {{1, -2}}, constants), Pointwise(FloatNear(1e-6F), expected));
  lstm.output = op::Recurrent::Output::kLastCell;
  EXPECT_THAT(run(lstm, {{2, 1}}, {{1, -2}}, constants), ElementsAre(FloatNear(c, 1e-6F)));
}

TEST(RefRecurrent, GruFollowsItsFormulasInBothForms) {
  const Values w{0.1F, 0.2F, 0.3F}, r{0.5F, -0.6F, 0.7F}, b{0.01F, 0.02F, 0.03F, 0.1F, 0.2F, 0.3F};
  for (const bool linear_before_reset : {false, true}) {
    float h = 0.3F;
    for (const float x : {1.0F, -2.0F}) {
      const float z = sigmoid(w[0] * x + r[0] * h + b[0] + b[3]);
      const float reset = sigmoid(w[1] * x + r[1] * h + b[1] + b[4]);
      const float inner = linear_before_reset ? reset * (r[2] * h + b[5]) : r[2] * (reset * h) + b[5];
      h = (1 - z) * std::tanh(w[2] * x + b[2] + inner) + z * h;
    }
    op::Recurrent gru;
    gru.kind = op::Recurrent::Kind::kGru;
    gru.output = op::Recurrent::Output::kLastHidden;
    gru.linear_before_reset = linear_before_reset;
    EXPECT_THAT(run(gru, {{2, 1}}, {{1, -2}},
                    {make_tensor({1, 3, 1}, w), make_tensor({1, 3, 1}, r), make_tensor({1, 6}, b),
                     make_tensor({1, 1}, {0.3F})}),
                ElementsAre(FloatNear(h, 1e-6F)));
  }
}

TEST(RefRecurrent, BothDirectionsAreOneForwardAndOneOnTheReversedSequence) {
  Rng rng(4);
  const std::int64_t steps = 5, inputs = 3, hidden = 2;
  const TensorPtr w = random_tensor(rng, {2, 4 * hidden, inputs});
  const TensorPtr r = random_tensor(rng, {2, 4 * hidden, hidden});
  const Values x = random_values(rng, steps * inputs);
  Values reversed;
  for (std::int64_t s = steps - 1; s >= 0; --s)
    reversed.insert(reversed.end(), x.begin() + s * inputs, x.begin() + (s + 1) * inputs);
  const auto direction = [&](int d, const Values& sequence) {
    const auto part = [&](const Tensor& both, std::int64_t columns) {
      const auto first = both.values().begin() + d * 4 * hidden * columns;
      return make_tensor({1, 4 * hidden, columns}, Values(first, first + 4 * hidden * columns));
    };
    return run(op::Recurrent{}, {{steps, inputs}}, {sequence}, {part(*w, inputs), part(*r, hidden)});
  };
  const Values forward = direction(0, x);
  const Values backward = direction(1, reversed);
  op::Recurrent both;
  both.direction = op::Recurrent::Direction::kBidirectional;
  const Values result = run(both, {{steps, inputs}}, {x}, {w, r});
  for (std::size_t s = 0; s < 5; ++s)
    for (std::size_t u = 0; u < 2; ++u) {
      EXPECT_EQ(result[s * 4 + u], forward[s * 2 + u]);
      EXPECT_EQ(result[s * 4 + 2 + u], backward[(4 - s) * 2 + u]);
    }
}

}  // namespace
}  // namespace roofscape::engine
