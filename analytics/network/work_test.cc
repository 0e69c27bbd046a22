#include "analytics/network/work.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"

namespace roofscape {
namespace {

TensorPtr filled(const Shape& shape, float value = 1) {
  return make_tensor(shape, std::vector<float>(static_cast<std::size_t>(element_count(shape)), value));
}

QuantiserPtr integers(int bits, std::size_t channels = 1) {
  return std::make_shared<Quantiser>(Quantiser{NumberFormat::integer(bits, Signedness::kSigned),
                                               std::vector<float>(channels, 1.0F), std::vector<std::int32_t>(channels),
                                               channels > 1 ? 0 : Quantiser::kPerTensor});
}

// The classic LeNet-5 with full connections: published as about 340 thousand MACs at 28×28 padded to 32×32.
Result<Network> lenet() {
  NetworkBuilder b;
  LayerId x = b.input({1, 32, 32});
  x = b.add("c1", op::Conv{}, {x}, {filled({6, 1, 5, 5}), filled({6})});
  x = b.add("t1", op::Activation{op::Activation::Kind::kTanh}, {x});
  x = b.add("s2", op::Pool{op::Pool::Kind::kAverage, {2, 2}, {2, 2}}, {x});
  x = b.add("c3", op::Conv{}, {x}, {filled({16, 6, 5, 5}), filled({16})});
  x = b.add("s4", op::Pool{op::Pool::Kind::kAverage, {2, 2}, {2, 2}}, {x});
  x = b.add("flat", op::Reshape{{400}}, {x});
  x = b.add("f5", op::Dense{}, {x}, {filled({120, 400}), filled({120})});
  x = b.add("f6", op::Dense{}, {x}, {filled({84, 120}), filled({84})});
  return b.finish(b.add("out", op::Dense{}, {x}, {filled({10, 84}), filled({10})}));
}

TEST(Work, LeNetCountsAreThePublishedOnes) {
  RS_ASSERT_OK_AND_ASSIGN(const Network network, lenet());
  const Work work = network_work(network);
  EXPECT_EQ(work.macs, 117'600 + 240'000 + 48'000 + 10'080 + 840);
  EXPECT_EQ(work.weight_count, 61'706);  // LeCun et al. 1998 have 60,000 with their sparse C3 table
  EXPECT_EQ(work.stored_weight_bits, 61'706 * 32);
}

TEST(Work, StoredBitsAreExact) {
  Layer layer;
  layer.operation = op::Dense{};
  layer.constants = {make_tensor({2, 4}, {1, 0, 0, 0, 2, 0, 0, 3}), filled({2})};
  EXPECT_EQ(stored_bits(layer), 8 * 32 + 2 * 32);
  layer.arithmetic.weight = integers(4, 2);
  EXPECT_EQ(stored_bits(layer), 8 * 4 + 2 * 32 + 2 * 32);
  layer.storage.encoding = Storage::Encoding::kBitmap;
  EXPECT_EQ(stored_bits(layer), 8 + 3 * 4 + 2 * 32 + 2 * 32);
}

TEST(ActivationBits, FollowTheReadersThroughLayersThatPassValuesOn) {
  NetworkBuilder b;
  LayerId x = b.input({1, 8, 8});
  x = b.add("c1", op::Conv{}, {x}, {filled({2, 1, 3, 3}), nullptr});
  x = b.add("relu", op::Activation{}, {x});
  x = b.add("pool", op::Pool{op::Pool::Kind::kMax, {2, 2}, {2, 2}}, {x});
  const LayerId c2 = b.add("c2", op::Conv{}, {x}, {filled({2, 2, 1, 1}), nullptr});
  b.layer(c2).arithmetic = {{integers(4)}, integers(4)};
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(c2));
  EXPECT_EQ(activation_bits(network), (std::vector<double>{32, 4, 4, 4, 32}));
}

TEST(ActivationBits, BlocksCountTheirShareOfTheExponent) {
  NetworkBuilder b;
  const LayerId x = b.input({64});
  const LayerId fc = b.add("fc", op::Dense{}, {x}, {filled({4, 64}), nullptr});
  b.layer(fc).arithmetic = {
      {std::make_shared<Quantiser>(Quantiser{.format = NumberFormat::parse("mxint8").value(), .axis = 0})}, nullptr};
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(fc));
  EXPECT_EQ(activation_bits(network)[0], 8.25);
}

TEST(ActivationBits, TheWidestReaderCounts) {
  NetworkBuilder b;
  const LayerId x = b.input({4});
  const LayerId a = b.add("a", op::Dense{}, {x}, {filled({4, 4}), nullptr});
  b.layer(a).arithmetic = {{integers(4)}, integers(4)};
  const LayerId c = b.add("c", op::Dense{}, {x}, {filled({4, 4}), nullptr});
  b.layer(c).arithmetic = {{integers(6)}, integers(4)};
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(b.add("sum", op::Binary{}, {a, c})));
  EXPECT_EQ(activation_bits(network)[0], 6);
  EXPECT_EQ(activation_bits(network)[1], 32);
}

}  // namespace
}  // namespace roofscape
