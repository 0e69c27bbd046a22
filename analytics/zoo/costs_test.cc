// The networks that a table of other people's counts names, against that table, where it is at hand.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "analytics/base/status_matchers.h"
#include "analytics/base/text.h"
#include "analytics/zoo/zoo.h"
#include "tests/support/shared_data.h"

namespace roofscape::zoo {
namespace {

// Of the table's names and resolutions, ours.
const std::map<std::string, std::string>& ids() {
  static const std::map<std::string, std::string> all = {
      {"convnext_base,224", "convnext-base"},
      {"convnext_tiny,224", "convnext-tiny"},
      {"deit_base_patch16_224,224", "deit-base"},
      {"deit_small_patch16_224,224", "deit-small"},
      {"deit_tiny_patch16_224,224", "deit-tiny"},
      {"densenet121,224", "densenet-121"},
      {"densenet169,224", "densenet-169"},
      {"densenet201,224", "densenet-201"},
      {"efficientnet_b0,224", "efficientnet-b0"},
      {"efficientnet_b1,240", "efficientnet-b1"},
      {"efficientnet_b2,288", "efficientnet-b2"},
      {"efficientnet_b3,320", "efficientnet-b3-320"},
      {"efficientnet_b4,384", "efficientnet-b4-384"},
      {"efficientnet_lite0,224", "efficientnet-lite0"},
      {"inception_v3,299", "inception-v3"},
      {"mnasnet_100,224", "mnasnet-1.0"},
      {"mobilenetv1_100,224", "mobilenet-v1"},
      {"mobilenetv2_035,224", "mobilenet-v2-0.35-224"},
      {"mobilenetv2_100,224", "mobilenet-v2"},
      {"mobilenetv2_140,224", "mobilenet-v2-1.4-224"},
      {"mobilenetv3_large_100,224", "mobilenet-v3-large"},
      {"mobilenetv3_small_100,224", "mobilenet-v3-small"},
      {"resnet101,224", "resnet-101"},
      {"resnet152,224", "resnet-152"},
      {"resnet18,224", "resnet-18"},
      {"resnet34,224", "resnet-34"},
      {"resnet50,160", "resnet-50-160"},
      {"resnet50,224", "resnet-50"},
      {"resnext101_32x8d,224", "resnext-101"},
      {"resnext50_32x4d,224", "resnext-50"},
      {"seresnet50,224", "se-resnet-50"},
      {"vgg11,224", "vgg-11"},
      {"vgg16,224", "vgg-16"},
      {"vgg19,224", "vgg-19"},
      {"vit_base_patch16_224,224", "vit-base-16"},
      {"vit_large_patch16_224,224", "vit-large-16"},
      {"wide_resnet50_2,224", "wide-resnet-50-2"},
  };
  return all;
}

TEST(Zoo, ParametersAndActivationsAreThoseOfTheTable) {
  const auto path = shared_data("../reference/validation/network_costs.csv");
  if (!path) GTEST_SKIP() << "the table of counts is not there; set ROOFSCAPE_DATA";
  std::ifstream file(*path);
  std::size_t found = 0;
  for (std::string line; std::getline(file, line);) {
    const auto fields = split(line, ',');
    const auto id = ids().find(fmt::format("{},{}", fields[0], fields[1]));
    if (id == ids().end()) continue;
    ++found;
    RS_ASSERT_OK_AND_ASSIGN(const Network network, zoo::find(id->second)->build());
    const Counts ours = count(network);
    const double parameters = 1e6 * std::stod(std::string(fields[2])),
                 activations = 1e6 * std::stod(std::string(fields[4]));
    EXPECT_NEAR(ours.parameters, parameters, 0.02 * parameters) << id->second;
    EXPECT_NEAR(ours.activations, activations, 0.02 * activations) << id->second;
  }
  EXPECT_EQ(found, ids().size());
}

}  // namespace
}  // namespace roofscape::zoo
