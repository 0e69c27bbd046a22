// GoogleTest matchers for Status and Result<T>. A test names the error that it expects, text included:
//
//   EXPECT_THAT(import(bytes), IsOk());
//   EXPECT_THAT(import(bytes), StatusIs(Code::kInvalidArgument, HasSubstr("node 'conv1'")));
#pragma once

#include <gmock/gmock.h>

#include "analytics/base/status.h"

namespace roofscape::testing {

inline Status status_of(const Status& status) { return status; }
template <typename T>
Status status_of(const Result<T>& result) {
  return result.status();
}

MATCHER(IsOk, "is ok") {
  const Status status = status_of(arg);
  *result_listener << code_name(status.code()) << ": " << status.message();
  return status.ok();
}

MATCHER_P2(StatusIs, code, text,
           "has code " + std::string(code_name(code)) + " and a message that " +
               ::testing::DescribeMatcher<std::string>(text)) {
  const Status status = status_of(arg);
  *result_listener << code_name(status.code()) << ": " << status.message();
  return status.code() == code && ::testing::ExplainMatchResult(text, status.message(), result_listener);
}

#define RS_ASSERT_OK_AND_ASSIGN(target, expression) \
  RS_ASSERT_OK_AND_ASSIGN_INNER(target, expression, RS_CONCAT(rs_result_, __LINE__))
#define RS_ASSERT_OK_AND_ASSIGN_INNER(target, expression, name) \
  auto name = (expression);                                     \
  ASSERT_TRUE(name.ok()) << name.status().message();            \
  target = std::move(*name)

}  // namespace roofscape::testing
