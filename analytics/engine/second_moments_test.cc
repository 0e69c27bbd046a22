#include "analytics/engine/second_moments.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "analytics/base/status_matchers.h"
#include "analytics/engine/calibrate.h"
#include "analytics/engine/testing.h"

namespace roofscape::engine {
namespace {

// The definition: every vector by itself, in double.
class NaiveMoments {
 public:
  NaiveMoments(std::int64_t groups, std::int64_t columns) : groups_(groups), columns_(columns) {
    moments_.groups = groups;
    moments_.columns = columns;
    moments_.sums.resize(static_cast<std::size_t>(groups * columns * columns));
    moments_.totals.resize(static_cast<std::size_t>(groups * columns));
  }
  // value(column) of one vector.
  template <typename Value>
  void add(std::int64_t group, Value value) {
    for (std::int64_t i = 0; i < columns_; ++i) {
      moments_.totals[static_cast<std::size_t>(group * columns_ + i)] += value(i);
      for (std::int64_t j = 0; j < columns_; ++j)
        moments_.sums[static_cast<std::size_t>((group * columns_ + i) * columns_ + j)] += value(i) * value(j);
    }
    if (group == groups_ - 1) ++moments_.samples;
  }
  const SecondMoments& moments() const { return moments_; }

 private:
  std::int64_t groups_, columns_;
  SecondMoments moments_;
};

SecondMoments naive_conv(const op::Conv& conv, const Shape& input, const Shape& weight, const Shape& output,
                         const std::vector<float>& values, std::int64_t count) {
  NaiveMoments naive(conv.groups, weight[1] * weight[2] * weight[3]);
  for (std::int64_t n = 0; n < count; ++n)
    for (std::int64_t y = 0; y < output[1]; ++y)
      for (std::int64_t x = 0; x < output[2]; ++x)
        for (std::int64_t g = 0; g < conv.groups; ++g)
          naive.add(g, [&](std::int64_t column) -> double {
            const std::int64_t c = g * weight[1] + column / (weight[2] * weight[3]);
            const std::int64_t row =
                y * conv.stride[0] + column / weight[3] % weight[2] * conv.dilation[0] - conv.pad[0];
            const std::int64_t place = x * conv.stride[1] + column % weight[3] * conv.dilation[1] - conv.pad[1];
            if (row < 0 || row >= input[1] || place < 0 || place >= input[2]) return 0;
            return values[static_cast<std::size_t>(((n * input[0] + c) * input[1] + row) * input[2] + place)];
          });
  return naive.moments();
}

// Largest difference, relative to what the two columns' sizes allow: |Σ x_i·x_j| ≤ √(Σ x_i²·Σ x_j²).
double difference(const SecondMoments& a, const SecondMoments& b) {
  if (a.groups != b.groups || a.columns != b.columns || a.samples != b.samples || a.sums.size() != b.sums.size() ||
      a.totals.size() != b.totals.size()) {
    return INFINITY;
  }
  double largest = 0;
  for (std::int64_t g = 0; g < b.groups; ++g) {
    const auto n = static_cast<std::size_t>(b.columns);
    const auto size = [&](std::size_t i) { return b.sums_of(g)[i * n + i]; };
    for (std::size_t i = 0; i < n; ++i) {
      const double reach = std::sqrt(size(i) * static_cast<double>(b.samples)) + 1e-30;
      largest = std::max(largest, std::abs(a.totals_of(g)[i] - b.totals_of(g)[i]) / reach);
      for (std::size_t j = 0; j < n; ++j)
        largest = std::max(largest, std::abs(a.sums_of(g)[i * n + j] - b.sums_of(g)[i * n + j]) /
                                        (std::sqrt(size(i) * size(j)) + 1e-30));
    }
  }
  return largest;
}

Network one_layer(const Shape& input, Operation operation, std::vector<TensorPtr> constants) {
  NetworkBuilder builder;
  const LayerId in = builder.input(input);
  return builder.finish(builder.add("layer", std::move(operation), {in}, std::move(constants))).value();
}

SecondMoments summed(const InputVectors& vectors, const std::vector<float>& values, std::int64_t count) {
  MomentsSum sum(vectors);
  MomentsScratch scratch;
  sum.add(values.data(), count, scratch);
  return sum.finish();
}

std::int64_t any(std::int64_t low, std::int64_t high) { return *rc::gen::inRange<std::int64_t>(low, high + 1); }

RC_GTEST_PROP(SecondMoments, WindowsOfAnyConvolution, ()) {
  Rng rng(*rc::gen::arbitrary<std::uint64_t>());
  op::Conv conv;
  conv.groups = any(1, 3);
  conv.stride = {any(1, 3), any(1, 3)};
  conv.dilation = {any(1, 2), any(1, 3)};
  conv.pad = {any(0, 3), any(0, 3), any(0, 3), any(0, 3)};
  const Shape weight{conv.groups * any(1, 2), any(1, 6), any(1, 3), any(1, 3)};
  const Shape input{conv.groups * weight[1], any(5, 12), any(7, 40)};
  const std::int64_t count = any(1, 3);
  const Network network = one_layer(input, conv, {testing::random_tensor(rng, weight)});
  const Layer& layer = network.layer(1);
  const std::vector<float> values = testing::random_values(rng, count * element_count(input));
  const SecondMoments moments = summed(*input_vectors(layer, input), values, count);
  RC_ASSERT(difference(moments, naive_conv(conv, input, weight, layer.output_shape, values, count)) < 1e-5);
}

TEST(SecondMoments, ManyColumnsAndWideRowsAreCutIntoTiles) {
  Rng rng(1);
  for (const auto& [input, weight] :
       {std::pair{Shape{40, 6, 9}, Shape{1, 40, 3, 3}}, std::pair{Shape{2, 1, 5000}, Shape{1, 2, 1, 9}}}) {
    op::Conv conv;
    conv.pad = {1, 1, 1, 1};
    if (input[1] == 1) conv = op::Conv{.stride = {1, 2}};
    const Network network = one_layer(input, conv, {testing::random_tensor(rng, weight)});
    const std::vector<float> values = testing::random_values(rng, 2 * element_count(input));
    const SecondMoments moments = summed(*input_vectors(network.layer(1), input), values, 2);
    EXPECT_LT(difference(moments, naive_conv(conv, input, weight, network.layer(1).output_shape, values, 2)), 1e-5);
  }
}

TEST(SecondMoments, DenseReadsEveryLeadingIndex) {
  Rng rng(2);
  const Network network = one_layer({5, 300}, op::Dense{}, {testing::random_tensor(rng, {4, 300})});
  const std::vector<float> values = testing::random_values(rng, 3 * 5 * 300);
  NaiveMoments naive(1, 300);
  for (std::size_t row = 0; row < 15; ++row)
    naive.add(0, [&](std::int64_t i) -> double { return values[row * 300 + static_cast<std::size_t>(i)]; });
  EXPECT_LT(difference(summed(*input_vectors(network.layer(1), {5, 300}), values, 3), naive.moments()), 1e-5);
}

TEST(SecondMoments, TransposedConvolutionsReadChannelsAlone) {
  Rng rng(3);
  op::ConvTranspose up;
  up.stride = {2, 2};
  up.groups = 2;
  const Network network = one_layer({6, 4, 5}, up, {testing::random_tensor(rng, {6, 2, 3, 3})});
  const std::vector<float> values = testing::random_values(rng, 2 * 6 * 20);
  NaiveMoments naive(2, 3);
  for (std::int64_t n = 0; n < 2; ++n)
    for (std::int64_t at = 0; at < 20; ++at)
      for (std::int64_t g = 0; g < 2; ++g)
        naive.add(g, [&](std::int64_t c) -> double {
          return values[static_cast<std::size_t>((n * 6 + g * 3 + c) * 20 + at)];
        });
  EXPECT_LT(difference(summed(*input_vectors(network.layer(1), {6, 4, 5}), values, 2), naive.moments()), 1e-5);
}

Network recurrent(op::Recurrent::Output output, op::Recurrent::Direction direction) {
  Rng rng(4);
  const std::int64_t directions = direction == op::Recurrent::Direction::kBidirectional ? 2 : 1;
  op::Recurrent lstm;
  lstm.output = output;
  lstm.direction = direction;
  return one_layer({6, 5}, lstm,
                   {testing::random_tensor(rng, {directions, 16, 5}), testing::random_tensor(rng, {directions, 16, 4}),
                    nullptr, testing::random_tensor(rng, {directions, 4})});
}

TEST(SecondMoments, RecurrentLayersHaveThemOfTheirStepsAndStates) {
  using Output = op::Recurrent::Output;
  using Direction = op::Recurrent::Direction;
  Rng rng(5);
  const Dataset data = testing::random_dataset(rng, {6, 5}, 10, 4);
  std::vector<float> images(10 * 30);
  prepare_images(data, {}, {0, 10}, images);
  for (const Direction direction : {Direction::kForward, Direction::kReverse, Direction::kBidirectional}) {
    const Network sequence = recurrent(Output::kSequence, direction);
    RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> states, Engine({}).run(sequence, images, 10));
    const std::int64_t directions = direction == Direction::kBidirectional ? 2 : 1;
    NaiveMoments inputs(1, 5);
    NaiveMoments before(directions, 4);
    const std::span<const float> initial = sequence.layer(1).constants[3]->values();
    for (std::int64_t n = 0; n < 10; ++n)
      for (std::int64_t s = 0; s < 6; ++s) {
        inputs.add(0, [&](std::int64_t i) -> double { return images[static_cast<std::size_t>((n * 6 + s) * 5 + i)]; });
        for (std::int64_t d = 0; d < directions; ++d) {
          const std::int64_t last = direction == Direction::kReverse || d == 1 ? s + 1 : s - 1;
          before.add(d, [&](std::int64_t i) -> double {
            if (last < 0 || last == 6) return initial[static_cast<std::size_t>(d * 4 + i)];
            return states[static_cast<std::size_t>(((n * 6 + last) * directions + d) * 4 + i)];
          });
        }
      }
    for (const Output output : {Output::kSequence, Output::kLastHidden, Output::kLastCell}) {
      RS_ASSERT_OK_AND_ASSIGN(const Calibration calibration,
                              calibrate(recurrent(output, direction), data, {}, {}, nullptr, {.second_moments = true}));
      EXPECT_LT(difference(*calibration.moments_of("layer"), inputs.moments()), 1e-5);
      EXPECT_LT(difference(*calibration.state_moments_of("layer"), before.moments()), 1e-5);
    }
  }
}

// What they are for: the error of a layer's outputs under any change of its weights, without running it again.
TEST(SecondMoments, PredictTheErrorOfChangedWeights) {
  Rng rng(8);
  op::Conv conv;
  conv.groups = 2;
  conv.stride = {2, 1};
  conv.pad = {1, 2, 0, 1};
  const Shape weight{4, 3, 3, 2};
  const TensorPtr before = testing::random_tensor(rng, weight);
  const TensorPtr after = testing::random_tensor(rng, weight);
  const Dataset data = testing::random_dataset(rng, {6, 9, 7}, 20, 4);
  std::vector<float> images(20 * 6 * 63);
  prepare_images(data, {}, {0, 20}, images);
  const Network network = one_layer({6, 9, 7}, conv, {before});
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> old_outputs, Engine({}).run(network, images, 20));
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> outputs,
                          Engine({}).run(one_layer({6, 9, 7}, conv, {after}), images, 20));
  double measured = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) measured += std::pow(outputs[i] - old_outputs[i], 2);

  RS_ASSERT_OK_AND_ASSIGN(const Calibration calibration,
                          calibrate(network, data, {}, {}, nullptr, {.second_moments = true}));
  const SecondMoments& moments = *calibration.moments_of("layer");
  double predicted = 0;
  for (std::size_t o = 0; o < 4; ++o)
    for (std::size_t i = 0; i < 18; ++i)
      for (std::size_t j = 0; j < 18; ++j) {
        const auto change = [&](std::size_t at) -> double {
          return after->values()[o * 18 + at] - before->values()[o * 18 + at];
        };
        predicted += change(i) * change(j) * moments.sums_of(static_cast<std::int64_t>(o / 2))[i * 18 + j];
      }
  EXPECT_NEAR(predicted, measured, 1e-5 * measured);
}

class CalibratedMoments : public ::testing::Test {
 protected:
  Rng rng_{6};
  Dataset data_ = testing::random_dataset(rng_, {2, 12, 12}, 100, 10);
  Network network_ = testing::small_network(1);

  Calibration calibrated(const EngineOptions& options, const CalibrateOptions& what = {.second_moments = true}) {
    return calibrate(network_, data_, {}, options, nullptr, what).value();
  }
};

TEST_F(CalibratedMoments, EveryLayerWithWeightsHasThem) {
  const Calibration calibration = calibrated({});
  for (const Layer& layer : network_.layers()) {
    const SecondMoments* moments = calibration.moments_of(layer.name);
    ASSERT_EQ(moments != nullptr, layer.has_weight()) << layer.name;
    if (moments == nullptr) continue;
    const auto vectors = input_vectors(layer, network_.layer(layer.inputs[0]).output_shape);
    EXPECT_EQ(moments->samples, 100 * vectors->samples());
    EXPECT_EQ(moments->columns * moments->groups * layer.output_shape[0], layer.weight()->size() * moments->groups);
  }
  EXPECT_TRUE(calibrated({}, {}).moments.empty());
  EXPECT_EQ(calibrated({}, {}).key, calibration.key);
}

TEST_F(CalibratedMoments, AnyNumberOfThreadsAndPiecesGivesTheSame) {
  const Calibration one = calibrated({.threads = 1, .batch = 8});
  const Calibration three = calibrated({.threads = 3, .batch = 8});
  ASSERT_EQ(one.moments.size(), three.moments.size());
  for (const auto& [name, moments] : one.moments) {
    EXPECT_EQ(moments->sums, three.moments_of(name)->sums) << name;
    EXPECT_EQ(moments->totals, three.moments_of(name)->totals) << name;
  }
}

TEST_F(CalibratedMoments, LayersOfTooManyColumnsHaveNone) {
  const Calibration calibration = calibrated({}, {.second_moments = true, .most_columns = 20});
  for (const auto& [name, moments] : calibration.moments) EXPECT_LE(moments->columns, 20) << name;
  EXPECT_FALSE(calibration.moments.empty());
  EXPECT_LT(calibration.moments.size(), calibrated({}).moments.size());
}

TEST(SecondMoments, LayersThatReadTheSameShareThem) {
  Rng rng(7);
  NetworkBuilder builder;
  const LayerId in = builder.input({3, 8, 8});
  op::Conv same;
  same.pad = {1, 1, 1, 1};
  const LayerId a = builder.add("a", same, {in}, {testing::random_tensor(rng, {4, 3, 3, 3})});
  const LayerId b = builder.add("b", same, {in}, {testing::random_tensor(rng, {4, 3, 3, 3})});
  const LayerId c = builder.add("c", op::Conv{}, {in}, {testing::random_tensor(rng, {4, 3, 1, 1})});
  const LayerId sum = builder.add("sum", op::Binary{}, {a, b});
  const Network network = builder.finish(builder.add("all", op::Binary{}, {sum, c})).value();
  const Dataset data = testing::random_dataset(rng, {3, 8, 8}, 4, 2);
  RS_ASSERT_OK_AND_ASSIGN(const Calibration calibration,
                          calibrate(network, data, {}, {}, nullptr, {.second_moments = true}));
  EXPECT_EQ(calibration.moments_of("a"), calibration.moments_of("b"));
  EXPECT_NE(calibration.moments_of("a"), calibration.moments_of("c"));
  // The 1 × 1 convolution reads what the middle taps of the others read.
  const SecondMoments middle = calibration.moments_of("a")->select(std::vector<std::int64_t>{4, 13, 22});
  EXPECT_LT(difference(middle, *calibration.moments_of("c")), 1e-5);
}

}  // namespace
}  // namespace roofscape::engine
