// What an estimate says of time and energy, with its 90 % interval where it has one.
#pragma once

#include <string>

#include "roofscape/v1/estimate.pb.h"

namespace roofscape::client {

// "1.32 ms (0.980–1.81)", or "1.32 ms".
std::string latency_text(const v1::Estimate& estimate);
// The same in joules; "–" where energy is not known.
std::string energy_text(const v1::Estimate& estimate);

}  // namespace roofscape::client
