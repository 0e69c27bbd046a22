#include "platforms/extends.h"

#include <gtest/gtest.h>

#include <map>

#include "analytics/base/status_matchers.h"
#include "proto/yaml_reader.h"

namespace roofscape::platforms {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::StatusIs;

v1::Platform read(std::string text) {
  // "{v}" stands for a figure's origin.
  for (auto at = text.find("{v}"); at != std::string::npos; at = text.find("{v}"))
    text.replace(at, 3, "source: s, provenance: recalled}");
  v1::Platform platform;
  EXPECT_THAT(read_yaml(text, "test.yaml", &platform), IsOk());
  return platform;
}

class Extend : public ::testing::Test {
 protected:
  void add(const std::string& text) {
    const v1::Platform platform = read(text);
    ids_.push_back(platform.id());
    files_[platform.id()] = platform;
  }
  Result<v1::Platform> extended(const std::string& text) {
    return extend(read(text), {[this](std::string_view id) -> const v1::Platform* {
                                 const auto found = files_.find(std::string(id));
                                 return found == files_.end() ? nullptr : &found->second;
                               },
                               ids_});
  }

 private:
  std::map<std::string, v1::Platform> files_;
  std::vector<std::string> ids_;
};

const char* const kFamily = R"(id: a72
title: Cortex-A72
device_class: cpu
family: cortex-a72
aliases: [core]
notes: of the family
compute:
  - weight: fp32
    ops_per_cycle: {value: 8, {v}
  - weight: int8
    ops_per_cycle: {value: 16, {v}
memory:
  - name: L2
    capacity_bytes: {value: 1048576, {v}
  - name: DRAM
    bandwidth_bytes_per_second: {value: 1e10, {v}
cores:
  core_count: {value: 4, {v}
)";

TEST_F(Extend, TheFileWinsAndTheBaseFillsTheRest) {
  add(kFamily);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform board, extended(R"(id: board
title: Board
extends: a72
engine: mine
aliases: [the board]
compute:
  - weight: int8
    activation: int8
    ops_per_second: {value: 5e10, {v}
memory:
  - name: DRAM
    bandwidth_bytes_per_second: {value: 4e9, {v}
cores:
  clock_hertz: {value: 1.8e9, {v}
)"));
  EXPECT_EQ(board.device_class(), v1::CPU);
  EXPECT_EQ(board.family(), "cortex-a72");
  EXPECT_EQ(board.extends(), "a72");
  EXPECT_EQ(board.title(), "Board");
  EXPECT_EQ(board.engine(), "mine");
  EXPECT_THAT(board.notes(), IsEmpty());
  ASSERT_EQ(board.aliases_size(), 1);
  EXPECT_EQ(board.aliases(0), "the board");
  // Its own peak first; the base's for the same formats gives way.
  ASSERT_EQ(board.compute_size(), 2);
  EXPECT_EQ(board.compute(0).ops_per_second().value(), 5e10);
  EXPECT_FALSE(board.compute(0).has_ops_per_cycle());
  EXPECT_EQ(board.compute(1).weight(), "fp32");
  ASSERT_EQ(board.memory_size(), 2);
  EXPECT_EQ(board.memory(0).name(), "L2");
  EXPECT_EQ(board.memory(1).bandwidth_bytes_per_second().value(), 4e9);
  EXPECT_EQ(board.cores().core_count().value(), 4);
  EXPECT_EQ(board.cores().clock_hertz().value(), 1.8e9);
}

TEST_F(Extend, ALevelOfItsOwnReplacesTheList) {
  add(kFamily);
  RS_ASSERT_OK_AND_ASSIGN(const v1::Platform board, extended(R"(id: board
title: Board
extends: a72
memory:
  - name: LPDDR4
    bandwidth_bytes_per_second: {value: 4e9, {v}
)"));
  ASSERT_EQ(board.memory_size(), 1);
  EXPECT_EQ(board.memory(0).name(), "LPDDR4");
}

TEST_F(Extend, ChainsAreFollowedAndPeaksComeFromTheLastCores) {
  add(kFamily);
  add("id: pi\ntitle: Pi\nextends: a72\ncores: {clock_hertz: {value: 1.5e9, {v}}\n");
  RS_ASSERT_OK_AND_ASSIGN(
      v1::Platform fast,
      extended("id: pi-fast\ntitle: Pi, fast\nextends: pi\ncores: {clock_hertz: {value: 2e9, {v}}\n"));
  derive_peaks(&fast);
  EXPECT_EQ(fast.compute(0).ops_per_second().value(), 64e9);
  EXPECT_EQ(fast.compute(0).ops_per_second().source(), "4 cores x 2000 MHz x 8 operations a cycle and core");
  EXPECT_EQ(fast.compute(0).ops_per_second().provenance(), v1::DERIVED);
}

TEST_F(Extend, UnknownNamesAndCirclesAreRefused) {
  add(kFamily);
  add("id: x\ntitle: X\nextends: y\n");
  add("id: y\ntitle: Y\nextends: x\n");
  const auto unknown = extended("id: b\ntitle: B\nextends: a73\n");
  EXPECT_THAT(unknown.status(),
              StatusIs(Code::kInvalidArgument,
                       HasSubstr("there is no platform or family 'a73' to extend; did you mean 'a72'?")));
  EXPECT_EQ(unknown.status().field(), "extends");
  EXPECT_THAT(extended("id: b\ntitle: B\nextends: x\n").status(),
              StatusIs(Code::kInvalidArgument, HasSubstr("the file extends itself: b -> x -> y -> x")));
  EXPECT_THAT(extended("id: b\ntitle: B\nextends: b\n").status(),
              StatusIs(Code::kInvalidArgument, HasSubstr("the file extends itself: b -> b")));
}

}  // namespace
}  // namespace roofscape::platforms
