// A network of the zoo made ready to be timed: with weights, and in one number format throughout.
//
//   RS_ASSIGN(const Network shape_only, zoo::find("resnet-8")->build());
//   RS_ASSIGN(const Network int8, timed_network(shape_only, TimedFormat::kInt8, {}));
#pragma once

#include <cstdint>
#include <string_view>

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "analytics/network/network.h"

namespace roofscape::server {

// Those for which the engine has kernels of its own; others run as one of them.
enum class TimedFormat : std::uint8_t { kFp32, kInt8 };
// "fp32", "int8"
std::string_view format_name(TimedFormat format);

// Weights are made up (zoo/made_up_weights.h) and ranges learned from a few images of noise: equal networks give equal
// bytes. Fails with kCancelled, and where the network cannot be brought into the format.
Result<Network> timed_network(const Network& shape_only, TimedFormat format, const CancelToken* cancel);

}  // namespace roofscape::server
