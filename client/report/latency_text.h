// What an estimate says of time, rate and energy, with its 90 % interval where it has one.
#pragma once

#include <string>

#include "roofscape/v1/estimate.pb.h"

namespace roofscape::client {

// "1.32 ms (0.980–1.81)", or "1.32 ms".
std::string latency_text(const v1::Estimate& estimate);
// Images a second, "758 (552–1,020)".
std::string throughput_text(const v1::Estimate& estimate);
// The same in joules; "–" where energy is not known.
std::string energy_text(const v1::Estimate& estimate);
// What it is made of, the largest part first: "DRAM 1.20 mJ (60 %), operations 0.800 mJ (40 %)"; empty where that is
// not known.
std::string energy_parts_text(const v1::Estimate& estimate);
// Its sums by what they are spent on, those of all memories together.
double energy_spent_on(const v1::Estimate& estimate, v1::EnergySpentOn what);

}  // namespace roofscape::client
