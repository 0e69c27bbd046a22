#include "platforms/library.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "analytics/base/status_matchers.h"
#include "analytics/base/text.h"
#include "platforms/texts.h"
#include "proto/yaml_reader.h"

namespace roofscape::platforms {
namespace {

using ::testing::Contains;
using ::testing::Eq;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusIs;

TEST(Library, EveryShippedFileIsValid) {
  for (const Status& fault : built_in_faults()) ADD_FAILURE() << fault.message();
  const auto families =
      std::count_if(texts().begin(), texts().end(), [](const Text& text) { return text.is_family(); });
  EXPECT_EQ(built_in_platforms().size() + static_cast<std::size_t>(families), texts().size());
  EXPECT_GE(built_in_platforms().size(), 80U);
}

TEST(Library, IsOrderedAndNamedAfterItsFiles) {
  std::vector<std::string> ids;
  for (const v1::Platform& platform : built_in_platforms()) {
    ids.push_back(platform.id());
    EXPECT_EQ(platform.name(), "platforms/" + platform.id());
    EXPECT_TRUE(platform.built_in());
  }
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  for (const char* id : {"raspberry-pi-4", "nvidia-t4", "zcu104", "tpu-v1"}) EXPECT_THAT(ids, Contains(id));
  std::vector<std::string> files;
  for (const Text& text : texts()) files.emplace_back(text.file);
  for (const std::string& id : ids) EXPECT_THAT(files, Contains(id + ".yaml"));
}

// A measurement file names a platform by an alias and tells those that share it apart by its mode.
TEST(Library, PlatformsWithOneAliasAreToldApart) {
  std::map<std::string, std::vector<const v1::Platform*>> by_alias;
  for (const v1::Platform& platform : built_in_platforms())
    for (const std::string& alias : platform.aliases()) by_alias[alias].push_back(&platform);
  for (const auto& [alias, sharers] : by_alias) {
    EXPECT_LE(
        std::count_if(sharers.begin(), sharers.end(), [](const v1::Platform* p) { return p->mode_keywords().empty(); }),
        1)
        << alias << " has more than one platform for every other mode";
    std::set<std::string> words;
    for (const v1::Platform* platform : sharers)
      for (const std::string& word : platform->mode_keywords())
        EXPECT_TRUE(words.insert(word).second) << alias << ": " << word << " tells nothing apart";
  }
}

TEST(Library, FamiliesAndRuntimesAreKeys) {
  for (const v1::Platform& platform : built_in_platforms()) {
    EXPECT_TRUE(is_resource_id(platform.family())) << platform.id() << ": family '" << platform.family() << "'";
    EXPECT_FALSE(platform.engine().empty()) << platform.id();
  }
}

TEST(Library, NothingRecalledPassesForMore) {
  // Every figure names its origin; what was only remembered says so (the validator sees to both, this to the wording).
  for (const Text& text : texts()) EXPECT_EQ(text.yaml.find("TODO"), std::string_view::npos) << text.file;
}

TEST(Library, WrittenPlatformsAreReadBackEqual) {
  for (const v1::Platform& platform : built_in_platforms()) {
    v1::Platform plain = platform;
    RS_ASSERT_OK_AND_ASSIGN(v1::Platform again, parse_platform(write_yaml(plain), platform.id()));
    EXPECT_EQ(again.SerializeAsString(), plain.SerializeAsString()) << platform.id();
  }
}

TEST(ParsePlatform, AFileOfYoursMayExtendWhatShips) {
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform mine, parse_platform(R"(id: mine
title: Mine
extends: cortex-a76
engine: my runtime
cores:
  core_count: {value: 2, source: x, provenance: recalled}
  clock_hertz: {value: 1e9, source: x, provenance: recalled}
memory:
  - name: DRAM
    bandwidth_bytes_per_second: {value: 1e10, source: x, provenance: recalled}
)",
                                                                  "mine.yaml"));
  EXPECT_EQ(mine.device_class(), v1::CPU);
  EXPECT_EQ(mine.compute(0).ops_per_second().value(), 32e9);
  EXPECT_THAT(
      parse_platform("id: mine\ntitle: Mine\nextends: cortex-a75\n", "mine.yaml"),
      StatusIs(Code::kInvalidArgument, ::testing::StartsWith("mine.yaml:3:10: there is no platform or family "
                                                             "'cortex-a75' to extend; did you mean 'cortex-a")));
  // What is wrong in what was inherited is shown where the file says what it extends.
  EXPECT_THAT(parse_platform("id: mine\ntitle: Mine\nextends: cortex-a76\n", "mine.yaml"),
              StatusIs(Code::kInvalidArgument, Eq("mine.yaml:3:10: with what 'cortex-a76' gives: operations a cycle "
                                                  "without cores; give cores.core_count and cores.clock_hertz")));
}

TEST(ParsePlatform, ErrorsCarryThePlaceOfTheOffence) {
  EXPECT_THAT(parse_platform(R"(id: mine
title: Mine
device_class: cpu
compute:
  - weight: fp32
    ops_per_second: {value: 1e10, source: x, provenance: recalled}
memory:
  - name: DRAM
    bandwidth_bytes_per_second: {value: 12.8, source: x, provenance: recalled}
)",
                             "mine.yaml"),
              StatusIs(Code::kInvalidArgument,
                       Eq("mine.yaml:9:41: 12.8 bytes a second is not plausible (from 100000 to 1e+15); give 1.28e10 "
                          "for 12.8 GB/s")));
  EXPECT_THAT(parse_platform("id: mine\n", "mine.yaml"),
              StatusIs(Code::kInvalidArgument, Eq("mine.yaml:1:1: the file has no 'title', which it needs")));
}

}  // namespace
}  // namespace roofscape::platforms
