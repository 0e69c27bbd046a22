#include "server/paging.h"

#include "analytics/base/status_matchers.h"

namespace roofscape::server {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

const Digest kList = Hasher("list").finish();

TEST(Paging, SizesHaveADefaultAndAnEnd) {
  EXPECT_EQ(*page_size(0), 100);
  EXPECT_EQ(*page_size(7), 7);
  EXPECT_EQ(*page_size(5000), 1000);
  EXPECT_THAT(page_size(-1), StatusIs(Code::kInvalidArgument, HasSubstr("page_size is -1")));
}

TEST(Paging, TokensHoldAnyBytes) {
  const std::string position("a\0\xff b", 5);
  EXPECT_EQ(*read_token(write_token(position, kList), kList), position);
  EXPECT_EQ(*read_token("", kList), "");
}

TEST(Paging, ATokenOfAnotherListIsRefused) {
  const std::string token = write_token("17", kList);
  EXPECT_THAT(read_token(token, Hasher("other").finish()),
              StatusIs(Code::kInvalidArgument, HasSubstr("does not belong to this list")));
  for (const std::string& damaged : {token + "0", token + "zz", token.substr(1), std::string("x")})
    EXPECT_THAT(read_token(damaged, kList), StatusIs(Code::kInvalidArgument, HasSubstr("page_token"))) << damaged;
}

}  // namespace
}  // namespace roofscape::server
