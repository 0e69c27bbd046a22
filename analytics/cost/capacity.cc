#include "analytics/cost/capacity.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace roofscape::cost {
namespace {

bool holds_weights(const Memory& memory) { return !memory.activations_only; }
bool holds_activations(const Memory& memory) { return !memory.weights_only; }
bool holds_either(const Memory& memory) { return holds_weights(memory) || holds_activations(memory); }

// Something to be kept, and where it may be.
struct Need {
  std::string_view what;
  Bytes bytes;
  bool (*may_be_in)(const Memory&);
};

std::array<Need, 3> needs_of(const Occupancy& asked) {
  const Bytes activations = asked.peak_activations * static_cast<double>(asked.batch);
  return {{{"activations", activations, holds_activations},
           {"weights", asked.weights, holds_weights},
           {"weights and activations", asked.weights + activations, holds_either}}};
}

struct Stated {
  Bytes room;                      // of the levels that say what they hold
  const Memory* unsaid = nullptr;  // the first that does not
};

Stated room_for(const Need& need, std::span<const Memory> memories) {
  Stated stated;
  for (const Memory& memory : memories) {
    if (!need.may_be_in(memory)) continue;
    if (memory.capacity) {
      stated.room += *memory.capacity;
    } else if (stated.unsaid == nullptr) {
      stated.unsaid = &memory;
    }
  }
  return stated;
}

// "memory 'SRAM' holds 1000", "memories 'SRAM' and 'flash' hold 1000 together"
std::string room_text(const Need& need, std::span<const Memory> memories, Bytes room) {
  std::string names;
  int levels = 0;
  for (const Memory& memory : memories) {
    if (!need.may_be_in(memory)) continue;
    names += fmt::format("{}'{}'", levels == 0 ? "" : " and ", memory.name);
    ++levels;
  }
  if (levels == 0) return "no memory may hold any";
  return levels == 1 ? fmt::format("memory {} holds {:.0f}", names, room.value())
                     : fmt::format("memories {} hold {:.0f} together", names, room.value());
}

}  // namespace

Fit fit(std::span<const Memory> memories, const Occupancy& asked) {
  Fit answer = Fit::kYes;
  for (const Need& need : needs_of(asked)) {
    const Stated stated = room_for(need, memories);
    if (need.bytes <= stated.room) continue;
    if (stated.unsaid == nullptr) return Fit::kNo;
    answer = Fit::kUnknown;
  }
  return answer;
}

std::string fit_text(std::span<const Memory> memories, const Occupancy& asked) {
  std::string unknown;
  for (const Need& need : needs_of(asked)) {
    const Stated stated = room_for(need, memories);
    if (need.bytes <= stated.room) continue;
    if (stated.unsaid != nullptr) {
      unknown = fmt::format("memory '{}' does not state its capacity; {:.0f} bytes of {} need room",
                            stated.unsaid->name, need.bytes.value(), need.what);
      continue;
    }
    const bool together = asked.batch > 1 && need.may_be_in != holds_weights;
    return fmt::format("needs {:.0f} bytes for {}{}; {}", need.bytes.value(), need.what,
                       together ? fmt::format(" of {} images at once", asked.batch) : "",
                       room_text(need, memories, stated.room));
  }
  return unknown;
}

}  // namespace roofscape::cost
