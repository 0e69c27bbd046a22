#include "analytics/network/shape_inference.h"

#include <gtest/gtest.h>

#include <limits>

#include "analytics/base/status_matchers.h"

namespace roofscape {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

TensorPtr zeros(const Shape& shape) {
  return make_tensor(shape, std::vector<float>(static_cast<std::size_t>(element_count(shape))));
}

Result<Shape> infer(Operation operation, std::vector<Shape> inputs, std::vector<TensorPtr> constants = {}) {
  Layer layer;
  layer.name = "it";
  layer.operation = std::move(operation);
  layer.constants = std::move(constants);
  return infer_output_shape(layer, inputs);
}

void expect_shape(const Result<Shape>& result, const Shape& shape) {
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_EQ(*result, shape);
}

TEST(ShapeInference, Convolutions) {
  const TensorPtr w = zeros({8, 3, 3, 3});
  expect_shape(infer(op::Conv{.pad = {1, 1, 1, 1}}, {{3, 32, 32}}, {w}), {8, 32, 32});
  expect_shape(infer(op::Conv{.stride = {2, 2}}, {{3, 32, 32}}, {w, zeros({8})}), {8, 15, 15});
  expect_shape(infer(op::Conv{.groups = 4}, {{4, 8, 8}}, {zeros({8, 1, 3, 3})}), {8, 6, 6});
  expect_shape(infer(op::ConvTranspose{.stride = {2, 2}, .output_pad = {1, 1}}, {{4, 8, 8}}, {zeros({4, 6, 3, 3})}),
               {6, 18, 18});
  EXPECT_THAT(
      infer(op::Conv{}, {{4, 32, 32}}, {w}),
      StatusIs(Code::kInvalidArgument, HasSubstr("layer 'it' (Conv): its weight [8, 3, 3, 3] wants 3 channels")));
  EXPECT_THAT(infer(op::Conv{.stride = {0, 1}}, {{3, 32, 32}}, {w}),
              StatusIs(Code::kInvalidArgument, HasSubstr("stride 0")));
  EXPECT_THAT(infer(op::Conv{}, {{3, 2, 2}}, {w}), StatusIs(Code::kInvalidArgument, HasSubstr("window of 3")));
}

TEST(ShapeInference, HostileNumbersDoNotOverflow) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  EXPECT_FALSE(window_output(32, kHuge, 1, kHuge, 0, 0, false).ok());
  EXPECT_FALSE(window_output(32, 3, kHuge, 1, 0, 0, false).ok());
  EXPECT_FALSE(window_output(32, 3, 1, 1, kHuge, kHuge, true).ok());
  EXPECT_FALSE(infer(op::Pad{.before = {kHuge}, .after = {kHuge}}, {{4}}).ok());
  EXPECT_FALSE(infer(op::Reshape{.shape = {kHuge, 2, kHuge}}, {{4}}).ok());
  EXPECT_FALSE(infer(op::Slice{.start = {0}, .size = {2}, .step = {kHuge}}, {{4}}).ok());
  EXPECT_FALSE(
      infer(op::Slice{.start = {3}, .size = {4}, .step = {std::numeric_limits<std::int64_t>::min()}}, {{4}}).ok());
}

TEST(ShapeInference, PoolingCountsWindowsLikeOnnx) {
  expect_shape(infer(op::Pool{.kernel = {2, 2}, .stride = {2, 2}}, {{3, 5, 5}}), {3, 2, 2});
  expect_shape(infer(op::Pool{.kernel = {2, 2}, .stride = {2, 2}, .ceil_mode = true}, {{3, 5, 5}}), {3, 3, 3});
  // A last window that would start in the padding is not counted.
  expect_shape(infer(op::Pool{.kernel = {2, 2}, .stride = {2, 2}, .pad = {0, 0, 1, 1}, .ceil_mode = true}, {{1, 4, 4}}),
               {1, 2, 2});
  EXPECT_FALSE(infer(op::Pool{.kernel = {1, 1}, .pad = {1, 0, 0, 0}}, {{1, 4, 4}}).ok());
}

TEST(ShapeInference, MatricesAndBroadcasts) {
  expect_shape(infer(op::Dense{}, {{5, 16}}, {zeros({10, 16})}), {5, 10});
  expect_shape(infer(op::MatMul{}, {{2, 3, 4}, {4, 5}}), {2, 3, 5});
  expect_shape(infer(op::Binary{}, {{3, 1, 5}, {4, 1}}), {3, 4, 5});
  expect_shape(infer(op::Binary{}, {{3, 4}}, {zeros({4})}), {3, 4});
  EXPECT_FALSE(infer(op::Binary{}, {{3}, {4}}).ok());
  EXPECT_FALSE(infer(op::Dense{}, {{15}}, {zeros({10, 16})}).ok());
}

TEST(ShapeInference, Rearrangements) {
  expect_shape(infer(op::Concat{.axis = 0}, {{2, 4}, {3, 4}}), {5, 4});
  expect_shape(infer(op::Slice{.start = {3, 0}, .size = {2, 4}, .step = {-2, 1}}, {{4, 4}}), {2, 4});
  expect_shape(infer(op::Transpose{.permutation = {2, 0, 1}}, {{3, 4, 5}}), {5, 3, 4});
  expect_shape(infer(op::Gather{.axis = 1, .indices = {0, 2}, .indices_shape = {2}}, {{3, 4}}), {3, 2});
  expect_shape(infer(op::ReduceMean{.axes = {1, 2}, .keep_dims = false}, {{3, 4, 5}}), {3});
  expect_shape(infer(op::MultiThreshold{.axis = 1}, {{3, 4}}, {zeros({4, 7})}), {3, 4});
  expect_shape(infer(op::MultiThreshold{}, {{3, 4}}, {zeros({1, 7})}), {3, 4});
  EXPECT_FALSE(infer(op::MultiThreshold{}, {{3, 4}}, {zeros({4, 7})}).ok());
  expect_shape(infer(op::Truncate{.shift = 4}, {{3, 4}}), {3, 4});
  EXPECT_FALSE(infer(op::Truncate{.shift = 32}, {{3, 4}}).ok());
  EXPECT_FALSE(infer(op::Truncate{.scale = 0}, {{3, 4}}).ok());
  EXPECT_FALSE(infer(op::Transpose{.permutation = {0, 0}}, {{3, 4}}).ok());
  EXPECT_FALSE(infer(op::Gather{.axis = 0, .indices = {3}, .indices_shape = {}}, {{3}}).ok());
  EXPECT_FALSE(infer(op::Concat{.axis = 2}, {{2, 4}, {3, 4}}).ok());
}

TEST(ShapeInference, Recurrent) {
  const std::vector<TensorPtr> lstm = {zeros({2, 80, 28}), zeros({2, 80, 20}), zeros({2, 160})};
  const op::Recurrent both{.direction = op::Recurrent::Direction::kBidirectional};
  expect_shape(infer(both, {{7, 28}}, lstm), {7, 2, 20});
  EXPECT_THAT(infer(op::Recurrent{}, {{7, 28}}, lstm), StatusIs(Code::kInvalidArgument, HasSubstr("input weight")));
}

}  // namespace
}  // namespace roofscape
