#include "proto/grpc_status.h"

#include <string>

#include "analytics/base/text.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace roofscape {
namespace {

constexpr char kDomain[] = "roofscape";
// Trailers hold 8 KiB by default; the message travels twice there, percent-encoded once.
constexpr std::size_t kMessageBytes = 1400;
constexpr std::size_t kFieldBytes = 400;

// The google.rpc.Status behind a gRPC status, if there is one.
std::optional<google::rpc::Status> details_of(const grpc::Status& status) {
  google::rpc::Status details;
  if (status.error_details().empty() || !details.ParseFromString(status.error_details())) return std::nullopt;
  return details;
}

}  // namespace

v1::ErrorReason default_reason(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
    case Code::kOutOfRange:
    case Code::kUnimplemented: return v1::BAD_INPUT;
    case Code::kNotFound: return v1::RESOURCE_NOT_FOUND;
    case Code::kAlreadyExists: return v1::NAME_TAKEN;
    case Code::kResourceExhausted: return v1::LIMIT_EXCEEDED;
    case Code::kFailedPrecondition:
    case Code::kAborted: return v1::WRONG_STATE;
    case Code::kUnavailable: return v1::SHUTTING_DOWN;
    case Code::kPermissionDenied:
    case Code::kDataLoss: return v1::STORE_TROUBLE;
    case Code::kInternal: return v1::INTERNAL_ERROR;
    default: return v1::ERROR_REASON_UNSPECIFIED;
  }
}

grpc::Status to_grpc(const Status& status, std::optional<v1::ErrorReason> reason) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(printable(status.message(), kMessageBytes));

  google::rpc::ErrorInfo info;
  info.set_reason(v1::ErrorReason_Name(reason.value_or(default_reason(status.code()))));
  info.set_domain(kDomain);
  details.add_details()->PackFrom(info);

  if (!status.field().empty()) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(printable(status.field(), kFieldBytes));
    violation->set_description(details.message());
    details.add_details()->PackFrom(bad);
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), details.message(), details.SerializeAsString());
}

Status from_grpc(const grpc::Status& status) {
  if (status.ok()) return {};
  Status ours(static_cast<Code>(status.error_code()), printable(status.error_message(), kMessageBytes));
  const auto details = details_of(status);
  if (!details) return ours;
  for (const auto& detail : details->details()) {
    google::rpc::BadRequest bad;
    if (detail.UnpackTo(&bad) && bad.field_violations_size() > 0)
      return std::move(ours).at(printable(bad.field_violations(0).field(), kFieldBytes));
  }
  return ours;
}

v1::ErrorReason reason_of(const grpc::Status& status) {
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  const auto details = details_of(status);
  if (!details) return reason;
  for (const auto& detail : details->details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info) && info.domain() == kDomain) v1::ErrorReason_Parse(info.reason(), &reason);
  }
  return reason;
}

}  // namespace roofscape
