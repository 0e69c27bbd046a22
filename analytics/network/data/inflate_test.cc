#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/network/data/file_makers.h"
#include "analytics/network/dataset.h"

namespace roofscape {
namespace {

using ::roofscape::testing::Bytes;
using ::roofscape::testing::bytes_of;
using ::roofscape::testing::gzip;
using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

TEST(Decompress, ReturnsPlainBytesAsTheyAre) {
  const Bytes plain = bytes_of("not compressed");
  EXPECT_EQ(decompress(plain, 100).value(), plain);
  EXPECT_THAT(decompress(plain, 5), StatusIs(Code::kResourceExhausted, HasSubstr("the limit is 5")));
  EXPECT_TRUE(decompress({}, 5).value().empty());
}

TEST(Decompress, InflatesOneAndSeveralMembers) {
  Bytes large(300'000);
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<std::byte>(i * i >> 3);
  EXPECT_EQ(decompress(gzip(large), 300'000).value(), large);
  Bytes two = gzip(bytes_of("one "));
  testing::append(two, gzip(bytes_of("two")));
  two.resize(two.size() + 512);  // padding as tape archives have it
  EXPECT_EQ(decompress(two, 100).value(), bytes_of("one two"));
}

TEST(Decompress, StopsBombsAtTheLimit) {
  const Bytes bomb = gzip(Bytes(50'000'000));
  ASSERT_LT(bomb.size(), 100'000U);
  EXPECT_THAT(decompress(bomb, 1'000'000),
              StatusIs(Code::kResourceExhausted, HasSubstr("beyond the limit of 1,000,000 bytes")));
  EXPECT_THAT(decompress(gzip(Bytes(1001)), 1000), StatusIs(Code::kResourceExhausted, HasSubstr("1,000")));
  EXPECT_THAT(decompress(gzip(Bytes(1000)), 1000), IsOk());
  EXPECT_THAT(decompress(gzip(Bytes(1)), 0), StatusIs(Code::kResourceExhausted, HasSubstr("limit of 0")));
}

TEST(Decompress, NamesTruncationAndDamage) {
  const Bytes whole = gzip(bytes_of("some text that is long enough to be cut off somewhere"));
  for (std::size_t length = 2; length < whole.size(); ++length) {
    EXPECT_THAT(decompress(std::span(whole).first(length), 1000),
                StatusIs(Code::kInvalidArgument, HasSubstr("truncated")))
        << length;
  }
  Bytes damaged = whole;
  damaged[damaged.size() - 6] ^= std::byte{1};  // in the checksum
  EXPECT_THAT(decompress(damaged, 1000), StatusIs(Code::kInvalidArgument, HasSubstr("damaged near byte")));
  Bytes surplus = whole;
  testing::append(surplus, bytes_of("more"));
  EXPECT_THAT(decompress(surplus, 1000), StatusIs(Code::kInvalidArgument, HasSubstr("4 bytes that are not gzip")));
}

}  // namespace
}  // namespace roofscape
