#include "analytics/engine/integer/accumulator.h"

namespace roofscape::engine {

std::optional<Accumulator> limiting_accumulator(const Layer& layer, std::int64_t largest_sum) {
  const std::optional<Accumulator>& accumulator = layer.arithmetic.accumulator;
  if (!accumulator || largest_sum < std::int64_t{1} << (accumulator->bits - 1)) return std::nullopt;
  return accumulator;
}

}  // namespace roofscape::engine
