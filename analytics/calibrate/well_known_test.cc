#include "analytics/calibrate/well_known.h"

#include <gtest/gtest.h>

namespace roofscape::calibrate {
namespace {

cost::Outline filled(std::string_view name, double macs, double input = 0) {
  cost::Outline outline;
  outline.macs = macs;
  outline.input = input;
  fill_from_zoo(name, &outline);
  return outline;
}

TEST(WellKnown, ANameOfTheZooGivesItsCounts) {
  for (const char* name : {"ResNet-50 v1.5", "resnet_v1_50 (224x224x3)", "tf_resnetv1_50_imagenet_224_224_8.2G"}) {
    const cost::Outline of = filled(name, 4.1e9);
    EXPECT_NEAR(of.parameters, 25.5e6, 0.3e6) << name;
    EXPECT_NEAR(of.activations, 11.1e6, 0.1e6) << name;
    EXPECT_NEAR(of.input, 224 * 224, 1) << name;
    EXPECT_NEAR(of.layers, 54, 1) << name;
  }
}

TEST(WellKnown, AnotherResolutionChangesActivationsAlone) {
  const cost::Outline whole = filled("resnet50", 4.1e9), small = filled("resnet50", 4.1e9 / 4, 112 * 112);
  EXPECT_NEAR(small.activations / (whole.activations / 4), 1, 0.01);
  EXPECT_NEAR(small.parameters / whole.parameters, 1, 0.01);
}

TEST(WellKnown, AnotherWidthChangesBoth) {
  const cost::Outline whole = filled("resnet50", 4.1e9), narrow = filled("resnet50 pruned 0.75", 4.1e9 / 4);
  EXPECT_NEAR(narrow.activations, whole.activations / 2, 1);
  EXPECT_NEAR(narrow.parameters, whole.parameters / 4, 1);
}

TEST(WellKnown, WhatIsGivenStays) {
  cost::Outline outline;
  outline.macs = 4.1e9;
  outline.parameters = 1e6;
  fill_from_zoo("resnet50", &outline);
  EXPECT_EQ(outline.parameters, 1e6);
  EXPECT_EQ(outline.macs, 4.1e9);
}

TEST(WellKnown, TheLongestNameDecides) {
  EXPECT_NEAR(filled("mobilenet_v2_1.4 (224x224x3)", 0.58e9).parameters, 6.1e6, 0.1e6);
  EXPECT_NEAR(filled("mobilenet_v2_1.0 (224x224x3)", 0.30e9).parameters, 3.5e6, 0.1e6);
}

TEST(WellKnown, WidthsBelongToTheWholeNetwork) {
  EXPECT_NEAR(filled("ShuffleNetV2_x2_0", 0.58e9).parameters, 7.4e6, 3e6);
  EXPECT_NEAR(filled("tf_mobilenetv1_0.25_imagenet_128_128_27M", 13.5e6, 128 * 128).parameters, 0.47e6, 0.2e6);
}

TEST(WellKnown, CountsTellSizesApart) {
  const auto found = [](std::string_view name, double macs, double input) {
    cost::Outline outline;
    outline.macs = macs;
    outline.input = input;
    const InZoo in_zoo = fill_from_zoo(name, &outline);
    return in_zoo.id + (in_zoo.is_itself ? "" : " about");
  };
  EXPECT_EQ(found("tf_mobilenetv1_0.25_imagenet_128_128_27M", 13.5e6, 128 * 128), "mobilenet-v1-0.25-128");
  EXPECT_EQ(found("tf_mobilenetv2_1.4_imagenet_224_224_1.16G", 0.58e9, 224 * 224), "mobilenet-v2-1.4-224");
  EXPECT_EQ(found("ShuffleNetV2_x2_0", 0.591e9, 224 * 224), "shufflenet-v2-2.0");
  EXPECT_EQ(found("resnet_v1_50", 3.49e9, 224 * 224), "resnet-50 about");
  EXPECT_EQ(found("resnet_v1_18", 1.82e9, 224 * 224), "resnet-18");
  EXPECT_EQ(found("BERT-Large SQuAD 384 (bert-99)", 55.9e9, 180 * 1024), "bert-large-128 about");
  EXPECT_EQ(found("tf_coco_something", 1e9, 0), "");
}

TEST(WellKnown, OtherTasksArchitecturesAndSizesAreOthers) {
  EXPECT_EQ(filled("SemanticFPN-resnet18_cityscapes", 5e9).parameters, 0);
  EXPECT_EQ(filled("SE_ResNet18_vd 224", 1.8e9).parameters, 0);
  EXPECT_EQ(filled("resnet50", 100e9).parameters, 0);
  EXPECT_EQ(filled("tf_coco_something", 1e9).parameters, 0);
}

}  // namespace
}  // namespace roofscape::calibrate
