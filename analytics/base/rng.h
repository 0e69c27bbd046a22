// A small random generator whose state is a value: seeded, copyable, saved and restored with a search.
//
//   Rng rng(seed);
//   std::size_t choice = rng.below(6);
//
// xoshiro256** seeded by splitmix64 (Blackman and Vigna, public domain algorithms). The same seed gives the same
// numbers on every machine and compiler, which <random>'s distributions do not promise.
#pragma once

#include <array>
#include <cstdint>

namespace roofscape {

class Rng {
 public:
  explicit Rng(std::uint64_t seed = 0);
  std::uint64_t next();
  // Uniform in [0, bound), without bias; bound must be positive.
  std::uint64_t below(std::uint64_t bound);
  // Uniform in [0, 1) with 53 bits.
  double uniform();
  // Standard normal (Box–Muller, one value a call).
  double normal();
  // A generator for a named part of the work, independent of this one's later calls.
  Rng fork(std::uint64_t label) const;

  const std::array<std::uint64_t, 4>& state() const { return state_; }
  static Rng from_state(const std::array<std::uint64_t, 4>& state);

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace roofscape
