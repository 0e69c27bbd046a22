// What an energy is spent on: parts that add up to the whole, none of them negative.
//
//   EnergyParts parts;
//   parts.operations = ops * per_op;
//   parts.memory[1] = bytes * per_byte;  // through the second level
//   parts.total();
#pragma once

#include <array>
#include <cstddef>

#include "analytics/base/units.h"

namespace roofscape::cost {

// Levels that a platform may state: a fixed number, lest each price of each layer allocate.
inline constexpr std::size_t kMostMemories = 8;

struct EnergyParts {
  Joules operations;
  std::array<Joules, kMostMemories> memory;  // by level, from the innermost
  Joules idle;                               // static power × time, while the network runs
  Joules waiting;                            // of the device, while it waits for its host
  Joules undivided;                          // what measurements or peak power say beyond these: not told apart

  Joules total() const {
    Joules sum = operations + idle + waiting + undivided;
    for (const Joules level : memory) sum += level;
    return sum;
  }
  void add(const EnergyParts& other, double times = 1) {
    operations += other.operations * times;
    for (std::size_t level = 0; level < memory.size(); ++level) memory[level] += other.memory[level] * times;
    idle += other.idle * times;
    waiting += other.waiting * times;
    undivided += other.undivided * times;
  }
  // All parts alike.
  EnergyParts operator*(double share) const {
    EnergyParts out;
    out.add(*this, share);
    return out;
  }
  // What work takes, so many times; power that is drawn whatever is done stays.
  EnergyParts with_work(double share) const {
    EnergyParts out = *this * share;
    out.idle = idle;
    out.waiting = waiting;
    return out;
  }
  // Energy that time alone makes.
  Joules of_time() const { return idle + waiting; }

  bool operator==(const EnergyParts&) const = default;
};

}  // namespace roofscape::cost
