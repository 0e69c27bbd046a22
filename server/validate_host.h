// Holds the cost model against the engine on this machine: each network predicted by a model that has not seen it.
#pragma once

#include <functional>

#include "analytics/base/cancel.h"
#include "roofscape/v1/service.pb.h"
#include "server/backend.h"

namespace roofscape::server {

// The last message of the stream; those before it go to `progress`. Fails as HostTiming does, and with
// kInvalidArgument on a number of threads or rounds that cannot be.
Result<v1::ValidateHostResponse> validate_host(Backend& backend, const v1::ValidateHostRequest& request,
                                               const std::function<void(v1::ValidateHostResponse)>& progress,
                                               const CancelToken& cancel);

}  // namespace roofscape::server
