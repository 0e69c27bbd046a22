#include "analytics/explore/whole_network.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/explore/test_job.h"

namespace roofscape::explore {
namespace {

TEST(InIntegers, QuantisesEveryLayerThatHasWeights) {
  const Network network = testing::small_network();
  const Dataset images = testing::labelled_images(network, 8, 1);
  RS_ASSERT_OK_AND_ASSIGN(const Network narrow,
                          in_integers(network, images, {}, {.weight_bits = 4, .activation_bits = 8}));
  ASSERT_EQ(narrow.size(), network.size());
  for (const Layer& layer : narrow.layers()) {
    if (!layer.has_weight()) continue;
    ASSERT_NE(layer.arithmetic.weight, nullptr) << layer.name;
    EXPECT_EQ(layer.arithmetic.weight->format.bits(), 4);
    EXPECT_EQ(layer.arithmetic.input(0)->format.bits(), 8);
  }
}

}  // namespace
}  // namespace roofscape::explore
