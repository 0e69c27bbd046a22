#include "platforms/library.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "analytics/base/status_matchers.h"
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
  EXPECT_GE(built_in_platforms().size(), 4U);
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
