// The exploration files of tests/bench/spaces: each can be read, and names what the bench knows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "analytics/base/status_matchers.h"
#include "proto/yaml_reader.h"
#include "roofscape/v1/exploration.pb.h"
#include "tests/bench/yardstick/resources.h"

namespace roofscape::bench {
namespace {

// kNotFound says that it is known, but not on this machine.
template <typename Source>
bool known(const Result<Source>& source) {
  return source.ok() || source.status().code() == Code::kNotFound;
}

TEST(Spaces, AreThreeForEachOfSixNetworks) {
  std::map<std::string, int> spaces;
  for (const auto& entry : std::filesystem::directory_iterator(ROOFSCAPE_SOURCE_DIR "/tests/bench/spaces")) {
    const std::string path = entry.path().string();
    std::ifstream file(path);
    v1::ExplorationSpec spec;
    const auto read = read_yaml(std::string{std::istreambuf_iterator<char>(file), {}}, path, &spec);
    ASSERT_TRUE(read.ok()) << read.status().message();
    EXPECT_TRUE(known(find_model_source(spec.model()))) << path;
    EXPECT_TRUE(known(find_dataset_source(spec.dataset()))) << path;
    EXPECT_TRUE(known(find_dataset_source(spec.calibration().dataset()))) << path;
    EXPECT_EQ(entry.path().stem().string().substr(0, spec.model().size()), spec.model());
    ++spaces[spec.model()];
  }
  EXPECT_EQ(spaces.size(), 6U);
  for (const auto& [model, count] : spaces) EXPECT_EQ(count, 3) << model;
}

TEST(Spaces, NamesThatTheBenchDoesNotKnowAreRefused) {
  const auto model = find_model_source("resnet9");
  ASSERT_FALSE(model.ok());
  EXPECT_THAT(model.status().message(), ::testing::HasSubstr("no model 'resnet9'; did you mean 'resnet8'?"));
}

}  // namespace
}  // namespace roofscape::bench
