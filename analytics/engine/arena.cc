#include "analytics/engine/arena.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace roofscape::engine {
namespace {

std::size_t aligned(std::size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

struct Block {
  std::size_t offset, end;
  std::int32_t last;
};

}  // namespace

Placement place_buffers(const std::vector<Lifetime>& buffers) {
  Placement placement;
  std::vector<Block> alive;  // by offset
  for (const Lifetime& buffer : buffers) {
    std::erase_if(alive, [&](const Block& block) { return block.last < buffer.first; });
    const std::size_t bytes = std::max(kAlignment, aligned(buffer.bytes));
    std::size_t offset = 0;
    auto next = alive.begin();
    for (; next != alive.end() && next->offset - offset < bytes; ++next) offset = next->end;
    alive.insert(next, {offset, offset + bytes, buffer.last});
    placement.offsets.push_back(offset);
    placement.bytes = std::max(placement.bytes, offset + bytes);
  }
  return placement;
}

AlignedMemory::AlignedMemory(std::size_t bytes) {
  const std::size_t with_slack = aligned(bytes) + kAlignment;
  memory_.reset(static_cast<std::byte*>(::operator new(with_slack, std::align_val_t(kAlignment))));
  std::memset(memory_.get(), 0, with_slack);
}

void AlignedMemory::Free::operator()(std::byte* memory) const {
  ::operator delete(memory, std::align_val_t(kAlignment));
}

}  // namespace roofscape::engine
