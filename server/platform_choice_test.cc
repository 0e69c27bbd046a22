#include "server/platform_choice.h"

#include "analytics/base/status_matchers.h"

namespace roofscape::server {
namespace {

using roofscape::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::vector<std::string> kKnown = {"intel-cpu",   "jetson-nano", "jetson-xavier",
                                         "nvidia-a100", "nvidia-t4",   "zcu104"};

Result<std::vector<std::string>> chosen(const std::vector<std::string>& choices) {
  return chosen_platforms(choices, kKnown);
}

TEST(PlatformChoice, TakesNamesAndPatternsInTheirOrder) {
  RS_ASSERT_OK_AND_ASSIGN(const auto ids, chosen({"zcu104", "nvidia-*", "platforms/nvidia-t?", "platforms/intel-cpu"}));
  EXPECT_THAT(ids, ElementsAre("zcu104", "nvidia-a100", "nvidia-t4", "intel-cpu"));
  RS_ASSERT_OK_AND_ASSIGN(const auto all, chosen({"*"}));
  EXPECT_EQ(all, kKnown);
}

TEST(PlatformChoice, SaysWhatWasProbablyMeant) {
  EXPECT_THAT(chosen({"*", "jetson"}),
              StatusIs(Code::kNotFound, HasSubstr("there is no platform 'jetson'; 'jetson-*' picks 2, such as "
                                                  "'jetson-nano'")));
  EXPECT_EQ(chosen({"*", "jetson"}).status().field(), "platforms[1]");
  EXPECT_THAT(chosen({"nvida-*"}),
              StatusIs(Code::kNotFound, HasSubstr("no platform matches 'nvida-*'; 'nvidia-*' picks 2")));
  EXPECT_THAT(chosen({"zcu"}), StatusIs(Code::kNotFound, HasSubstr("'zcu*' picks 1, such as 'zcu104'")));
  EXPECT_THAT(chosen({"xavier"}), StatusIs(Code::kNotFound, HasSubstr("'*xavier*' picks 1")));
  EXPECT_THAT(chosen({"zcu140"}), StatusIs(Code::kNotFound, HasSubstr("did you mean 'zcu104'?")));
  EXPECT_THAT(chosen({"abacus-*"}), StatusIs(Code::kNotFound, HasSubstr("known: intel-cpu")));
  EXPECT_THAT(chosen({"\x1b[31m"}), StatusIs(Code::kNotFound, HasSubstr("\\x1b")));
}

TEST(PlatformChoice, RefusesNoneAndTooMany) {
  EXPECT_THAT(chosen({}), StatusIs(Code::kInvalidArgument, HasSubstr("no platform is named")));
  EXPECT_THAT(chosen(std::vector<std::string>(257, "*")), StatusIs(Code::kInvalidArgument, HasSubstr("at most 256")));
}

}  // namespace
}  // namespace roofscape::server
