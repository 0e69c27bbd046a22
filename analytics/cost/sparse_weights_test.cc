#include "analytics/cost/sparse_weights.h"

#include <gtest/gtest.h>

#include "analytics/cost/estimate.h"
#include "analytics/cost/test_networks.h"

namespace roofscape::cost {
namespace {

using namespace testing;  // NOLINT: the room's own test helpers
using ::testing::Contains;
using ::testing::DoubleEq;
using ::testing::HasSubstr;
using ::testing::Not;

// Rows of 4, 0, 2 and 2 non-zero weights of 4.
Network rows(Storage::Encoding encoding) {
  NetworkBuilder b;
  const LayerId x = b.input({4});
  const LayerId fc =
      b.add("fc", op::Dense{}, {x}, {make_tensor({4, 4}, {1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1}), nullptr});
  b.layer(fc).storage.encoding = encoding;
  return *b.finish(fc);
}

TEST(SparseWeights, LanesWaitForTheFullest) {
  const Network network = rows(Storage::Encoding::kBitmap);
  const Layer& layer = network.layer(1);
  EXPECT_THAT(weight_work_left(layer, 1), DoubleEq(8.0 / 16));
  EXPECT_THAT(weight_work_left(layer, 2), DoubleEq(2 * 6.0 / 16));  // rows 0 and 2, rows 1 and 3
  EXPECT_THAT(weight_work_left(layer, 4), DoubleEq(1));             // the first row is full
  EXPECT_THAT(weight_work_left(layer, 64), DoubleEq(1));            // never more than without skipping
  EXPECT_THAT(stored_share(layer), DoubleEq(0.5));
  EXPECT_THAT(stored_weights(layer), DoubleEq(8));
  EXPECT_TRUE(is_packed_form(layer));
  const Network dense = rows(Storage::Encoding::kDense);
  EXPECT_THAT(weight_work_left(dense.layer(1), 2), DoubleEq(1));
  EXPECT_THAT(stored_weights(dense.layer(1)), DoubleEq(16));
  EXPECT_FALSE(is_packed_form(dense.layer(1)));
}

TEST(SparseWeights, TheEstimateSkipsThemAndSaysSo) {
  v1::Platform p = cpu();
  p.mutable_memory(0)->mutable_bandwidth_bytes_per_second()->set_value(1e15);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate all, estimate(rows(Storage::Encoding::kBitmap), p));
  set(p.mutable_unstructured_sparsity()->mutable_lane_count(), 2);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate skipped, estimate(rows(Storage::Encoding::kBitmap), p));
  EXPECT_THAT((skipped.latency / all.latency), DoubleEq(0.75));
  EXPECT_THAT(skipped.layers[1].ops, DoubleEq(all.layers[1].ops / 2));
  EXPECT_THAT(skipped.notes, Contains("layer 'fc': zero weights take no time; 2 lanes wait for the fullest"));
  EXPECT_THAT(skipped.notes, Not(Contains(HasSubstr("their work is not skipped"))));
  RS_ASSERT_OK_AND_ASSIGN(const Estimate dense, estimate(rows(Storage::Encoding::kDense), p));
  EXPECT_EQ(dense.latency, all.latency);
}

TEST(Decode, BindsWhereWeightsArePackedAndElseItSaysThatItIsNotPriced) {
  v1::Platform p = cpu();
  RS_ASSERT_OK_AND_ASSIGN(const Estimate unknown, estimate(rows(Storage::Encoding::kBitmap), p));
  EXPECT_THAT(unknown.notes,
              Contains("layer 'fc': taking weights out of their stored form is not priced; it would take "
                       "decode_weights_per_second"));
  set(p.mutable_decode_weights_per_second(), 1e3);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate slow, estimate(rows(Storage::Encoding::kBitmap), p));
  EXPECT_EQ(slow.layers[1].binding_roof, "decode");
  EXPECT_THAT(slow.layers[1].time.value(), DoubleEq(8e-3));
  EXPECT_THAT(slow.notes, Not(Contains(HasSubstr("is not priced"))));
  RS_ASSERT_OK_AND_ASSIGN(const Estimate plain, estimate(rows(Storage::Encoding::kDense), p));
  EXPECT_NE(plain.layers[1].binding_roof, "decode");
  RS_ASSERT_OK_AND_ASSIGN(const Estimate whole, estimate(quantised(rows(Storage::Encoding::kDense), 8, 8), p));
  EXPECT_NE(whole.layers[1].binding_roof, "decode");
  // int4 runs as int8 here, and where widening is slow its weights lie in memory as int8.
  RS_ASSERT_OK_AND_ASSIGN(const Estimate narrow, estimate(quantised(rows(Storage::Encoding::kDense), 4, 8), p));
  EXPECT_NE(narrow.layers[1].binding_roof, "decode");
  EXPECT_LE(narrow.layers[1].time, whole.layers[1].time);
}

// Published: 30.3 us for AlexNet's FC6, 28 % of whose entries are padding: 9 % of the weights lie 4-bit distances
// apart.
TEST(Decode, ZerosThatPadDistancesAreWalkedAndSkippedInputsAreNot) {
  std::vector<float> weights(16 * 64, 0.0F);
  for (std::size_t i = 39; i < weights.size(); i += 40) weights[i] = 1;  // 39 zeros before each: two of them stay
  NetworkBuilder b;
  const LayerId x = b.input({64});
  std::vector<Layer> layers;
  {
    const Network plain = *b.finish(b.add("fc", op::Dense{}, {x}, {make_tensor({16, 64}, weights), nullptr}));
    layers.assign(plain.layers().begin(), plain.layers().end());
  }
  layers[1].storage.encoding = Storage::Encoding::kRelative;
  EXPECT_EQ(stored_weights(layers[1]), 25 * 3);
  EXPECT_THAT(weight_work_left(layers[1], 1), DoubleEq(25 * 3 / 1024.0));
  layers[1].storage.encoding = Storage::Encoding::kBitmap;
  EXPECT_EQ(stored_weights(layers[1]), 25);
  layers[1].arithmetic.skips = std::make_shared<const Skips>(Skips{0, std::vector<float>(64, 0.5F)});
  const Network network = *Network::create(layers, 1);
  v1::Platform p = cpu();
  set(p.mutable_decode_weights_per_second(), 1e3);
  EXPECT_THAT(estimate(network, p)->layers[1].time.value(), DoubleEq(25e-3));
  set(p.mutable_zero_skipping()->mutable_lane_count(), 1);
  EXPECT_THAT(estimate(network, p)->layers[1].time.value(), DoubleEq(12.5e-3));
  // Of two images one or the other asks for most of them.
  EXPECT_THAT(estimate(network, p, {.batch = 2})->layers[1].time.value(), DoubleEq(0.75 * 25e-3));
}

}  // namespace
}  // namespace roofscape::cost
