// One network on many platforms, for people who choose a device.
#pragma once

#include "roofscape/v1/service.pb.h"
#include "server/backend.h"

namespace roofscape::server {

// The network is built once and priced on every platform that is named, on several threads. A platform that cannot
// price it stands in `unpriced`; anything else that fails fails the whole.
Result<v1::EstimateOnPlatformsResponse> estimate_on_platforms(Backend& backend,
                                                              const v1::EstimateOnPlatformsRequest& request,
                                                              const CancelToken* cancel);

}  // namespace roofscape::server
