#include "client/text/fraction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"

namespace roofscape::client {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

TEST(Fraction, ReadsNumbersAndFractions) {
  EXPECT_DOUBLE_EQ(*parse_fraction("1/255", "--scale"), 1.0 / 255);
  EXPECT_DOUBLE_EQ(*parse_fraction("0.5", "--scale"), 0.5);
  EXPECT_DOUBLE_EQ(*parse_fraction("-3e-2", "--scale"), -0.03);
  EXPECT_DOUBLE_EQ(*parse_fraction(" 2 / 4 ", "--scale"), 0.5);
}

TEST(Fraction, RefusesWhatIsNoNumber) {
  for (const char* text : {"", "x", "1/", "/2", "1/0", "1/2/3", "nan", "1e999", "0x10"})
    EXPECT_THAT(parse_fraction(text, "--scale"), StatusIs(Code::kInvalidArgument, HasSubstr("1/255"))) << text;
}

TEST(Fraction, ReadsLists) {
  EXPECT_THAT(*parse_fractions("0.485,0.456,1/2", "--mean"), ::testing::ElementsAre(0.485, 0.456, 0.5));
  EXPECT_THAT(parse_fractions("0.485,,1", "--mean"), StatusIs(Code::kInvalidArgument, HasSubstr("--mean has ''")));
}

}  // namespace
}  // namespace roofscape::client
