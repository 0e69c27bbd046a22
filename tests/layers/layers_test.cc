#include "tests/layers/layers.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "analytics/base/status_matchers.h"

namespace roofscape::layers {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view kSample =
    "# Title\n```layers\n"
    "base ->\n"
    "base/deep -> base\n"
    "proto -> base\n"
    "network -> base\n"
    "engine -> network\n"
    "server -> engine proto\n"
    "```\nmore\n";

Layers sample() { return *Layers::parse(kSample); }

// Faults of a file of the sample house in which every path exists but those with "missing".
std::vector<std::string> faults_of(const std::string& path, std::string_view source) {
  return check_file(sample(), path, source,
                    [](const std::string& file) { return file.find("missing") == std::string::npos; });
}

// --- the house ---

TEST(Layers, EveryIncludeFollowsAnArrow) {
  std::ifstream file(ROOFSCAPE_SOURCE_DIR "/ARCHITECTURE.md");
  const std::string markdown{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  RS_ASSERT_OK_AND_ASSIGN(const Layers layers, Layers::parse(markdown));
  EXPECT_GE(layers.rooms().size(), 12u);
  for (const std::string& fault : check_tree(layers, ROOFSCAPE_SOURCE_DIR)) ADD_FAILURE() << fault;
}

// The walk meets real files: with arrows taken out of the block they are at fault.
TEST(Layers, AHouseWithoutArrowsIsFullOfFaults) {
  std::ifstream file(ROOFSCAPE_SOURCE_DIR "/ARCHITECTURE.md");
  const std::string markdown{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  RS_ASSERT_OK_AND_ASSIGN(const Layers layers, Layers::parse(markdown));
  std::string bare = "```layers\n";
  for (const std::string& room : layers.rooms()) bare += room + " ->\n";
  RS_ASSERT_OK_AND_ASSIGN(const Layers without_arrows, Layers::parse(bare + "```\n"));
  EXPECT_GT(check_tree(without_arrows, ROOFSCAPE_SOURCE_DIR).size(), 200u);
}

// --- the check itself ---

TEST(Layers, ArrowsReachWhatTheirTargetsUse) {
  EXPECT_TRUE(sample().may_include("server", "network"));
  EXPECT_TRUE(sample().may_include("server", "base"));
  EXPECT_FALSE(sample().may_include("network", "engine"));
  EXPECT_FALSE(sample().may_include("engine", "proto"));
  EXPECT_FALSE(sample().may_include("server", "base/deep"));
}

TEST(Layers, LongestRoomWins) {
  EXPECT_EQ(sample().room_of("base/x.h"), "base");
  EXPECT_EQ(sample().room_of("base/deep/x.h"), "base/deep");
  EXPECT_EQ(sample().room_of("base/deeper/x.h"), "base");
  EXPECT_EQ(sample().room_of("basement/x.h"), std::nullopt);
}

TEST(Layers, ForbiddenIncludeIsNamedWithItsLine) {
  EXPECT_THAT(faults_of("engine/a.cc", "// ok\n#include \"network/n.h\"\n#  include \"server/s.h\"  // why\n"),
              ElementsAre("engine/a.cc:3: engine may not include server (\"server/s.h\"); see the arrows in "
                          "ARCHITECTURE.md"));
}

TEST(Layers, AllowedIncludesAreFine) {
  EXPECT_THAT(faults_of("server/a.cc",
                        "#include <vector>\n#include \"server/b.h\"\n#include \"base/c.h\"\n"
                        "#include \"roofscape/v1/model.pb.h\"\n#include \"x/service.grpc.pb.h\"\n"),
              IsEmpty());
}

TEST(Layers, GeneratedHeadersCountAsProto) {
  EXPECT_THAT(faults_of("engine/a.cc", "#include \"roofscape/v1/model.pb.h\"\n"),
              ElementsAre(HasSubstr("engine/a.cc:1: engine may not include proto")));
}

TEST(Layers, RelativeMissingAndUnassignedPathsAreFaults) {
  EXPECT_THAT(faults_of("engine/a.cc", "#include \"b.h\"\n#include \"network/missing.h\"\n#include \"engine/b.h\"\n"),
              ElementsAre(HasSubstr("engine/a.cc:1: \"b.h\" is not a file of a room"),
                          HasSubstr("engine/a.cc:2: \"network/missing.h\" is not")));
  EXPECT_THAT(faults_of("cellar/a.cc", ""), ElementsAre(HasSubstr("cellar/a.cc:1: its folder belongs to no room")));
}

TEST(Layers, OnlyTestsUseTests) {
  EXPECT_THAT(faults_of("engine/a_test.cc", "#include \"tests/support/x.h\"\n"), IsEmpty());
  EXPECT_THAT(faults_of("engine/a.cc", "#include \"tests/support/x.h\"\n"), SizeIs(1));
}

TEST(Layers, BadBlocksAreRefused) {
  EXPECT_THAT(Layers::parse("nothing"), StatusIs(Code::kInvalidArgument, HasSubstr("no closed block")));
  EXPECT_THAT(Layers::parse("```layers\na ->\n"), StatusIs(Code::kInvalidArgument, HasSubstr("no closed block")));
  EXPECT_THAT(Layers::parse("```layers\na b\n```"), StatusIs(Code::kInvalidArgument, HasSubstr("line 'a b'")));
  EXPECT_THAT(Layers::parse("```layers\na ->\na ->\n```"), StatusIs(Code::kInvalidArgument, HasSubstr("two lines")));
  EXPECT_THAT(Layers::parse("```layers\na -> b\n```"), StatusIs(Code::kInvalidArgument, HasSubstr("points at 'b'")));
  EXPECT_THAT(Layers::parse("```layers\na -> b\nb -> c\nc -> a\n```"),
              StatusIs(Code::kInvalidArgument, HasSubstr("circle")));
}

}  // namespace
}  // namespace roofscape::layers
