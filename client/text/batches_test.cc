#include "client/text/batches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"

namespace roofscape::client {
namespace {

using roofscape::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Batches, AreListsAndDoublings) {
  EXPECT_THAT(*parse_batches("4, 1,2,4", 100), ElementsAre(1, 2, 4));
  EXPECT_THAT(*parse_batches("1..20,3", 100), ElementsAre(1, 2, 3, 4, 8, 16));
  EXPECT_THAT(*parse_batches("8", 100), ElementsAre(8));
}

TEST(Batches, RefuseOthers) {
  for (const char* text : {"", "1,,2", "0", "101", "1.5", "x..4", "2.."})
    EXPECT_THAT(parse_batches(text, 100),
                StatusIs(Code::kInvalidArgument, HasSubstr("give whole numbers from 1 to 100, such as 1,2,4 or 1..64")))
        << text;
  EXPECT_THAT(parse_batches("8..4", 100), StatusIs(Code::kInvalidArgument, HasSubstr("ends before it begins")));
  std::string many = "1";
  for (int i = 2; i <= 65; ++i) many += "," + std::to_string(i);
  EXPECT_THAT(parse_batches(many, 100), StatusIs(Code::kInvalidArgument, HasSubstr("65 batches; at most 64")));
}

}  // namespace
}  // namespace roofscape::client
