#include "analytics/cost/memory.h"

#include <algorithm>

#include "analytics/base/text.h"
#include "analytics/cost/energy_parts.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::cost {

Room room_of(std::span<const Memory> memories) {
  Room room;
  for (const Memory& memory : memories) {
    if (!memory.capacity) continue;
    if (!memory.weights_only) room.activations = std::max(room.activations, *memory.capacity);
    if (!memory.activations_only) room.weights = std::max(room.weights, *memory.capacity);
  }
  return room;
}

Result<std::vector<Memory>> memories(const v1::Platform& platform) {
  std::vector<Memory> levels;
  for (const v1::MemoryLevel& given : platform.memory()) {
    Memory level;
    level.name = given.name();
    if (given.has_capacity_bytes()) level.capacity = Bytes(given.capacity_bytes().value());
    if (given.has_bandwidth_bytes_per_second() && given.bandwidth_bytes_per_second().value() > 0)
      level.bandwidth = BytesPerSecond(given.bandwidth_bytes_per_second().value());
    if (given.has_energy_joules_per_byte()) level.energy = JoulesPerByte(given.energy_joules_per_byte().value());
    level.activations_only = given.activations_only();
    level.weights_only = given.weights_only();
    levels.push_back(std::move(level));
  }
  if (levels.size() > kMostMemories)
    return failed_precondition("platform '{}' states {} memories; at most {} can be priced",
                               printable(platform.id(), 63), levels.size(), kMostMemories)
        .at("memory");
  if (levels.empty() || !levels.back().bandwidth)
    return failed_precondition(
               "platform '{}' gives no bandwidth of its outermost memory, without which no layer can be priced; give "
               "memory[].bandwidth_bytes_per_second",
               printable(platform.id(), 63))
        .at("memory");
  return levels;
}

}  // namespace roofscape::cost
