// Element-wise work in chunks that stay in the first-level cache, so that an epilogue costs no second pass over memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "analytics/engine/integer/tiled.h"
#include "analytics/engine/kernel.h"

namespace roofscape::engine {

inline constexpr std::int64_t kChunk = 2048;
inline constexpr std::size_t kChunkScratch = kChunk * sizeof(float);

inline void relu_values(std::span<float> values) {
  for (float& value : values) value = value > 0 ? value : 0;
}

// compute(first, count, results) gives `count` results from element `first` on; the epilogue follows at once.
template <typename Compute>
void in_chunks(std::int64_t elements, const Epilogue& epilogue, const Buffers& buffers, Compute compute) {
  for (std::int64_t first = 0; first < elements; first += kChunk) {
    const std::int64_t count = std::min(kChunk, elements - first);
    auto* output = static_cast<std::byte*>(buffers.output) + first * output_bytes(epilogue);
    auto* results = static_cast<float*>(epilogue.quantiser ? buffers.scratch : static_cast<void*>(output));
    compute(first, count, results);
    const std::span<float> values(results, static_cast<std::size_t>(count));
    if (is_relu(epilogue)) relu_values(values);
    finish_values(epilogue, values, output);
  }
}

}  // namespace roofscape::engine
