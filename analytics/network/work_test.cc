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

TEST(BitOperations, AreOfTheFormatsThatAreMultiplied) {
  NetworkBuilder b;
  const LayerId fc = b.add("fc", op::Dense{}, {b.input({4})}, {filled({2, 4}), nullptr});
  b.layer(fc).arithmetic = {.inputs = {integers(8)}, .weight = integers(2)};
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(fc));
  EXPECT_EQ(bit_operations(network), 8 * 8 * 2);
  Quantiser two = *integers(2);
  two.negative_scale = {0.5F};
  Layer layer = network.layer(fc);
  layer.arithmetic.weight = std::make_shared<const Quantiser>(two);
  RS_ASSERT_OK_AND_ASSIGN(const Network asymmetric, network.with_layer(fc, layer));
  EXPECT_EQ(bit_operations(asymmetric), 8 * 8 * 32);
}

Layer& circulant(NetworkBuilder& b, LayerId id, int block) {
  b.layer(id).storage = {.encoding = Storage::Encoding::kCirculant, .block_rows = block};
  return b.layer(id);
}

// A transform of b values counts b·log2 b, a product of two spectra 2b − 2.
TEST(Work, CirculantLayersAreCountedByTheirSpectra) {
  NetworkBuilder b;
  LayerId x = b.input({8, 6, 6});
  x = b.add("conv", op::Conv{}, {x}, {filled({20, 8, 3, 3}), filled({20})});  // [20, 4, 4]
  circulant(b, x, 8);
  x = b.add("flat", op::Reshape{{10, 32}}, {x});
  x = b.add("dense", op::Dense{}, {x}, {filled({64, 32}), filled({64})});
  circulant(b, x, 32);
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(x));
  // Three blocks of outputs, one of inputs: 36 + 16·3 transforms, 16 positions of 9 taps and 3 blocks.
  EXPECT_EQ(layer_work(network, *network.find("conv")).macs, (36 + 48) * 8 * 3 + 16 * 9 * 3 * 14);
  EXPECT_EQ(layer_work(network, *network.find("dense")).macs, 10 * (3 * 32 * 5 + 2 * 62));
  EXPECT_EQ(layer_work(network, *network.find("dense")).stored_weight_bits, 32 * (2 * 32 + 64));
}

TEST(Work, CirculantLayersAreCountedDirectlyWhereThatIsLess) {
  NetworkBuilder b;
  LayerId x = b.input({3});
  x = b.add("small", op::Dense{}, {x}, {filled({3, 3}), nullptr});
  circulant(b, x, 8);
  x = b.add("odd", op::Dense{}, {x}, {filled({60, 3}), nullptr});
  circulant(b, x, 3);
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(x));
  EXPECT_EQ(layer_work(network, 1).macs, 9);
  EXPECT_EQ(layer_work(network, 2).macs, 180);  // no power of two
}

TEST(Work, CirculantRecurrentAndTransposedLayers) {
  NetworkBuilder b;
  LayerId x = b.input({16, 3, 3});
  op::ConvTranspose up;
  up.stride = {2, 2};
  x = b.add("up", up, {x}, {filled({16, 8, 2, 2}), nullptr});  // [8, 6, 6]
  circulant(b, x, 8);
  x = b.add("rows", op::Reshape{{18, 16}}, {x});
  op::Recurrent lstm;
  x = b.add("lstm", lstm, {x}, {filled({1, 64, 16}), filled({1, 64, 16})});
  circulant(b, x, 16);
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(x));
  EXPECT_EQ(layer_work(network, 1).macs, (9 * 2 + 36) * 8 * 3 + 9 * 4 * 2 * 14);
  EXPECT_EQ(layer_work(network, 3).macs, 18 * 2 * ((4 + 1) * 16 * 4 + 4 * 30));
}

TEST(NeededMacs, LeaveOutZerosSkippedInputsAndWhatLiesBehindAnExit) {
  NetworkBuilder b;
  const LayerId x = b.input({4});
  const LayerId early = b.add("early", op::Dense{}, {x}, {make_tensor({2, 4}, {1, 0, 0, 2, 0, 0, 3, 0})});
  const LayerId hidden = b.add("hidden", op::Dense{}, {x}, {filled({8, 4}), nullptr});
  Skips skips;
  skips.zero_shares = {0.5F, 0.5F, 0, 0};
  b.layer(hidden).arithmetic.skips = std::make_shared<const Skips>(skips);
  const LayerId late = b.add("late", op::Dense{}, {hidden}, {filled({2, 8}), nullptr});
  const LayerId out = b.add("exit", op::Select{.confidence = 0.9F, .leaving = 0.75}, {early, late});
  RS_ASSERT_OK_AND_ASSIGN(const Network network, b.finish(out));
  EXPECT_EQ(network_work(network).macs, 8 + 32 + 16);
  EXPECT_DOUBLE_EQ(needed_macs(network), 3 + 0.25 * (32 * 0.75 + 16));
  EXPECT_EQ(run_shares(network), (std::vector<double>{1, 1, 0.25, 0.25, 1}));
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
