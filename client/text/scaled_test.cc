#include "client/text/scaled.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"

namespace roofscape::client {
namespace {

using roofscape::testing::StatusIs;
using ::testing::HasSubstr;

TEST(Scaled, ReadsNumbersAsPublicationsPrintThem) {
  for (const char* text : {"4100000000", "4.1e9", "4.1G", "4.1 G", "4,100M", "0.0041T"})
    EXPECT_DOUBLE_EQ(*parse_scaled(text, "--macs"), 4.1e9) << text;
  EXPECT_DOUBLE_EQ(*parse_scaled("7k", "--macs"), 7000);
}

TEST(Scaled, RefusesOthers) {
  for (const char* text : {"", "G", "0", "-4G", "4g", "many", "inf", "1e400"})
    EXPECT_THAT(parse_scaled(text, "--macs"),
                StatusIs(Code::kInvalidArgument, HasSubstr("give a positive number such as 4.1e9 or 4.1G")))
        << text;
}

}  // namespace
}  // namespace roofscape::client
