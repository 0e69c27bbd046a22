#include "proto/grpc_status.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"

namespace roofscape {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

TEST(GrpcStatus, OkStaysOk) {
  EXPECT_TRUE(to_grpc({}).ok());
  EXPECT_TRUE(from_grpc(grpc::Status::OK).ok());
}

TEST(GrpcStatus, CodeMessageAndFieldComeBack) {
  const Status sent = out_of_range("weight_bits is 17; use 2 to 16").at("space[0].integer.weight_bits[1]");
  const grpc::Status wire = to_grpc(sent);
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(wire.error_message(), "weight_bits is 17; use 2 to 16");
  EXPECT_EQ(from_grpc(wire), sent);
  EXPECT_EQ(reason_of(wire), v1::BAD_INPUT);
}

TEST(GrpcStatus, AGivenReasonReplacesTheDefault) {
  EXPECT_EQ(reason_of(to_grpc(failed_precondition("no int8 peak"), v1::FIGURE_MISSING)), v1::FIGURE_MISSING);
  EXPECT_EQ(reason_of(to_grpc(failed_precondition("it runs"))), v1::WRONG_STATE);
}

TEST(GrpcStatus, EveryErrorCodeWeBuildHasAReason) {
  for (const Code code : {Code::kInvalidArgument, Code::kNotFound, Code::kAlreadyExists, Code::kPermissionDenied,
                          Code::kResourceExhausted, Code::kFailedPrecondition, Code::kAborted, Code::kOutOfRange,
                          Code::kUnimplemented, Code::kInternal, Code::kUnavailable, Code::kDataLoss})
    EXPECT_NE(default_reason(code), v1::ERROR_REASON_UNSPECIFIED) << code_name(code);
}

TEST(GrpcStatus, HostileTextIsCutAndMadePrintable) {
  const Status sent =
      invalid_argument("name {}", "\x1b[31m" + std::string(100'000, '\xff')).at(std::string(9000, '\n'));
  const grpc::Status wire = to_grpc(sent);
  EXPECT_LT(wire.error_message().size(), 1500u);
  EXPECT_LT(wire.error_details().size(), 6000u);
  EXPECT_THAT(wire.error_message(), HasSubstr("\\x1b[31m"));
  EXPECT_THAT(from_grpc(wire), StatusIs(Code::kInvalidArgument, HasSubstr("name")));
}

TEST(GrpcStatus, ForeignStatusesKeepCodeAndMessage) {
  const grpc::Status plain(grpc::StatusCode::UNAVAILABLE, "failed to connect");
  EXPECT_THAT(from_grpc(plain), StatusIs(Code::kUnavailable, "failed to connect"));
  EXPECT_EQ(reason_of(plain), v1::ERROR_REASON_UNSPECIFIED);
  const grpc::Status garbled(grpc::StatusCode::UNKNOWN, "x", "\x01\x02 not a message");
  EXPECT_THAT(from_grpc(garbled), StatusIs(Code::kUnknown, "x"));
}

}  // namespace
}  // namespace roofscape
