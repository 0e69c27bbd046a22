// Devices whose layers work side by side, each on another image (pipelined_image_count of a platform).
//
//   time_from_start = time_between_batches * filling(machine, batch);    // 1 where one layer runs after the other
#pragma once

#include <cstdint>

#include "analytics/cost/machine.h"

namespace roofscape::cost {

// How many times as long a batch takes from its first image's start to its last one's end as it keeps the next waiting.
inline double filling(const Machine& machine, double batch) { return (batch + machine.pipelined - 1) / batch; }

// Of a batch the images whose activations are held at once.
inline std::int64_t images_held(const Machine& machine, std::int64_t batch) {
  return machine.pipelined > 1 ? 1 : batch;
}

}  // namespace roofscape::cost
