#include "analytics/network/tensor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <thread>
#include <vector>

#include "analytics/base/status_matchers.h"
#include "analytics/network/network.h"
#include "analytics/network/packed/packed.h"
#include "analytics/network/work.h"

namespace roofscape {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

TEST(Tensor, KnowsItsValues) {
  const Tensor tensor({2, 2}, {1, 0, 0, -1});
  EXPECT_TRUE(tensor.has_values());
  EXPECT_FALSE(tensor.is_shape_only());
  EXPECT_EQ(tensor.size(), 4);
  EXPECT_EQ(tensor.nonzero_count(), 2);
  EXPECT_THROW(Tensor({2, 2}, {1, 2, 3}), CheckFailure);
}

TEST(Tensor, OfAShapeOnlyMakesNothingUpUntilItIsAsked) {
  const Tensor tensor(Shape{64, 32, 3, 3});
  EXPECT_TRUE(tensor.is_shape_only());
  EXPECT_EQ(tensor.size(), 64 * 32 * 9);
  EXPECT_EQ(tensor.nonzero_count(), tensor.size());
  static_cast<void>(tensor.digest());
  EXPECT_FALSE(tensor.has_values());
  EXPECT_EQ(static_cast<std::int64_t>(tensor.values().size()), tensor.size());
  EXPECT_TRUE(tensor.has_values());
  EXPECT_TRUE(tensor.is_shape_only());
}

TEST(Tensor, MadeUpValuesFollowFromTheShape) {
  const Tensor a(Shape{64, 288}), b(Shape{64, 288}), c(Shape{288, 64});
  EXPECT_EQ(a.digest(), b.digest());
  EXPECT_NE(a.digest(), c.digest());
  EXPECT_NE(a.digest(), Tensor({64, 288}, std::vector<float>(a.values().begin(), a.values().end())).digest());
  EXPECT_TRUE(std::equal(a.values().begin(), a.values().end(), b.values().begin(), b.values().end()));
  EXPECT_FALSE(std::equal(a.values().begin(), a.values().end(), c.values().begin(), c.values().end()));
  EXPECT_EQ(std::count(a.values().begin(), a.values().end(), 0.0F), 0);
}

TEST(Tensor, MadeUpValuesHaveTheVarianceOfHe) {
  const Tensor tensor(Shape{64, 288});
  double sum = 0, squares = 0;
  for (const float value : tensor.values()) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  const auto count = static_cast<double>(tensor.size());
  EXPECT_NEAR(sum / count, 0, 0.002);
  EXPECT_NEAR(squares / count, 2.0 / 288, 0.05 * 2.0 / 288);
}

TEST(Tensor, ThreadsSeeTheSameMadeUpValues) {
  const Tensor tensor(Shape{256, 256});
  std::vector<const float*> seen(4);
  std::vector<std::jthread> threads;
  for (auto& place : seen) threads.emplace_back([&tensor, &place] { place = tensor.values().data(); });
  threads.clear();
  for (const float* data : seen) EXPECT_EQ(data, tensor.values().data());
}

// A convolution of 8 filters of 4 × 3 × 3, quantised or not, whose weights are known by their shape.
Result<Network> shape_only_network(const QuantiserPtr& quantiser, const Storage& storage = {}) {
  NetworkBuilder builder;
  const LayerId x = builder.input({4, 8, 8});
  const LayerId conv = builder.add("conv", op::Conv{}, {x}, {shape_only_tensor({8, 4, 3, 3}), shape_only_tensor({8})});
  builder.layer(conv).arithmetic.weight = quantiser;
  builder.layer(conv).storage = storage;
  return builder.finish(conv);
}

bool any_made_up(const Network& network) {
  for (const Layer& layer : network.layers())
    for (const TensorPtr& constant : layer.constants)
      if (constant && constant->has_values()) return true;
  return false;
}

TEST(ShapeOnlyNetwork, PlainStorageIsCountedWithoutValues) {
  RS_ASSERT_OK_AND_ASSIGN(const Network plain, shape_only_network(nullptr));
  EXPECT_EQ(stored_bits(plain.layer(1)), (8 * 36 + 8) * 32);
  Quantiser int4{NumberFormat::integer(4, Signedness::kSigned), std::vector<float>(8, 1.0F),
                 std::vector<std::int32_t>(8, 0), 0};
  RS_ASSERT_OK_AND_ASSIGN(const Network quantised, shape_only_network(std::make_shared<Quantiser>(int4)));
  EXPECT_EQ(stored_bits(quantised.layer(1)), 8 * 36 * 4 + 8 * 32 + 8 * 32);
  EXPECT_EQ(packed::fullest_group(plain.layer(1), 4), 4);
  EXPECT_EQ(network_work(plain).nonzero_weights, 8 * 36);
  static_cast<void>(plain.design_key());
  EXPECT_FALSE(any_made_up(plain));
  EXPECT_FALSE(any_made_up(quantised));
}

TEST(ShapeOnlyNetwork, WhatNeedsValuesMakesThemUp) {
  RS_ASSERT_OK_AND_ASSIGN(const Network sparse, shape_only_network(nullptr, {.encoding = Storage::Encoding::kBitmap}));
  EXPECT_EQ(stored_bits(sparse.layer(1)), 8 * 36 * (32 + 1) + 8 * 32);
  EXPECT_TRUE(any_made_up(sparse));
}

TEST(ShapeOnlyNetwork, IsRefusedWhereItWouldBeRun) {
  RS_ASSERT_OK_AND_ASSIGN(const Network network, shape_only_network(nullptr));
  EXPECT_TRUE(network.is_shape_only());
  EXPECT_THAT(network.check_values(), StatusIs(Code::kFailedPrecondition, HasSubstr("estimated, not evaluated")));
}

}  // namespace
}  // namespace roofscape
