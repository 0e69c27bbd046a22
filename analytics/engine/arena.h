// Where values live: buffers that are not alive at the same time share memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace roofscape::engine {

inline constexpr std::size_t kAlignment = 64;  // a cache line, and the widest vector

// A buffer, alive from the step that writes it to the last one that reads it, both included.
struct Lifetime {
  std::size_t bytes = 0;
  std::int32_t first = 0;
  std::int32_t last = 0;
};

struct Placement {
  std::vector<std::size_t> offsets;  // one a buffer, multiples of kAlignment
  std::size_t bytes = 0;             // of the whole arena
};
// Each buffer, in the order of its birth, takes the lowest gap that fits it. `buffers` must be sorted by `first`.
Placement place_buffers(const std::vector<Lifetime>& buffers);

// Aligned memory of fixed size, zeroed, with kAlignment bytes more at its end for vectors that read beyond.
class AlignedMemory {
 public:
  explicit AlignedMemory(std::size_t bytes);
  std::byte* at(std::size_t offset) const { return memory_.get() + offset; }

 private:
  struct Free {
    void operator()(std::byte* memory) const;
  };
  std::unique_ptr<std::byte, Free> memory_;
};

}  // namespace roofscape::engine
