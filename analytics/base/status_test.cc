#include "analytics/base/status.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"

namespace roofscape {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

Result<int> parse_bits(int value) {
  if (value > 16) return out_of_range("weight_bits is {}; use 2 to 16", value).at("space[0].integer.weight_bits");
  return value;
}

Status use(int value, int* out) {
  RS_ASSIGN(*out, parse_bits(value));
  RS_TRY(value < 0 ? invalid_argument("negative") : Status());
  return {};
}

TEST(Status, CarriesCodeTextAndField) {
  const Status status = parse_bits(17).status();
  EXPECT_THAT(status, StatusIs(Code::kOutOfRange, "weight_bits is 17; use 2 to 16"));
  EXPECT_EQ(status.field(), "space[0].integer.weight_bits");
  EXPECT_EQ(code_name(status.code()), "OUT_OF_RANGE");
}

TEST(Status, MacrosPassErrorsOn) {
  int out = 0;
  EXPECT_THAT(use(8, &out), IsOk());
  EXPECT_EQ(out, 8);
  EXPECT_THAT(use(17, &out), StatusIs(Code::kOutOfRange, HasSubstr("17")));
  EXPECT_THAT(use(-1, &out), StatusIs(Code::kInvalidArgument, "negative"));
}

TEST(Status, InPrefixesTheMessageAndKeepsTheField) {
  const Status status = parse_bits(17).status().in("layer 'conv1'");
  EXPECT_EQ(status.message(), "layer 'conv1': weight_bits is 17; use 2 to 16");
  EXPECT_FALSE(status.field().empty());
}

TEST(Check, ThrowsWhatWasFalse) {
  EXPECT_THROW(RS_CHECK(1 + 1 == 3), CheckFailure);
  EXPECT_THROW((void)parse_bits(99).value(), CheckFailure);
}

}  // namespace
}  // namespace roofscape
