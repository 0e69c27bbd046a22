// The memories of a platform, from the innermost to the outermost, and how much passes through each.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/base/units.h"

namespace roofscape::v1 {
class Platform;
}

namespace roofscape::cost {

struct Memory {
  std::string name;
  std::optional<Bytes> capacity;            // absent: as many as needed
  std::optional<BytesPerSecond> bandwidth;  // absent: not known, taken as wide enough
  std::optional<JoulesPerByte> energy;
  bool activations_only = false;  // weights never stay
  bool weights_only = false;      // activations never go there
  double weight_readers = 1;      // engines that share what is read of weights here (engines.h)
};

// The most that one of several memories has for weights, and for activations; 0: none is known.
struct Room {
  Bytes weights, activations;
};
Room room_of(std::span<const Memory> memories);

// Fails with kFailedPrecondition when the outermost level has no bandwidth, and above kMostMemories levels.
Result<std::vector<Memory>> memories(const v1::Platform& platform);

}  // namespace roofscape::cost
