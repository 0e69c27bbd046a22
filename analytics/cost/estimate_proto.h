// An estimate as a message.
#pragma once

#include <cstdint>
#include <string>

#include "analytics/cost/estimate.h"
#include "roofscape/v1/estimate.pb.h"

namespace roofscape::cost {

// `platform_name` is the resource name, "platforms/zcu104". Without layers for lists.
v1::Estimate to_proto(const Estimate& estimate, const std::string& platform_name, std::int64_t batch, bool with_layers);

}  // namespace roofscape::cost
