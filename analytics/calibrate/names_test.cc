#include "analytics/calibrate/names.h"

#include <gtest/gtest.h>

namespace roofscape::calibrate {
namespace {

TEST(Names, TellArchitectureKindTaskAndInput) {
  const NetworkName ssd = read_network_name("tf_ssdmobilenetv1_coco_300_300_2.47G");
  EXPECT_EQ(ssd.architecture, "ssd");
  EXPECT_EQ(ssd.kind, cost::NetworkKind::kSeparable);
  EXPECT_TRUE(ssd.detects);
  EXPECT_EQ(ssd.input, 90000);
  EXPECT_EQ(read_network_name("ResNet-50 v1.5").architecture, "resnet");
  EXPECT_EQ(read_network_name("densenet121").kind, cost::NetworkKind::kConcat);
  EXPECT_EQ(read_network_name("deit_tiny_patch16_224").kind, cost::NetworkKind::kTransformer);
  EXPECT_EQ(read_network_name("something new").architecture, "");
}

TEST(Names, AreReducedToWhatFilesSpellAlike) { EXPECT_EQ(plain_name("ResNet-50 v1.5"), plain_name("resnet50")); }

TEST(Names, OfSomeNetworksCountsAreKnown) {
  EXPECT_NEAR(known_counts("googlenet_224").macs, 1.5e9, 0.1e9);
  EXPECT_EQ(known_counts("something new").macs, 0);
}

}  // namespace
}  // namespace roofscape::calibrate
