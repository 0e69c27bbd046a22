// Roofscape's Status on the wire of gRPC: code and message, with google.rpc details behind them.
//
//   return to_grpc(invalid_argument("weight_bits is 17; use 2 to 16").at("space[0].integer.weight_bits"));
//   …
//   Status status = from_grpc(context_status);       // code, message and field come back
//
// Every error carries an ErrorInfo (reason: a v1::ErrorReason, domain: "roofscape"); one that points at a field carries
// a BadRequest with its path. Texts are cut to what HTTP/2 trailers hold.
#pragma once

#include <grpcpp/support/status.h>

#include <optional>

#include "analytics/base/status.h"
#include "roofscape/v1/error.pb.h"

namespace roofscape {

// The reason that a code stands for, where nobody knows better.
v1::ErrorReason default_reason(Code code);

grpc::Status to_grpc(const Status& status, std::optional<v1::ErrorReason> reason = std::nullopt);

// A peer's error as ours. A status without details (made by gRPC itself: a refused connection) keeps code and message.
Status from_grpc(const grpc::Status& status);
// ERROR_REASON_UNSPECIFIED where the status carries none of ours.
v1::ErrorReason reason_of(const grpc::Status& status);

}  // namespace roofscape
