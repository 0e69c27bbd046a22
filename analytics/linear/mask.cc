#include "analytics/linear/mask.h"

#include <algorithm>

namespace roofscape::linear {

std::size_t Mask::removed() const {
  return static_cast<std::size_t>(std::count(kept.begin(), kept.end(), std::uint8_t{0}));
}

bool obeys(const Mask& mask, NOfM pattern) {
  for (std::size_t row = 0; row < mask.rows; ++row) {
    for (std::size_t first = 0; first < mask.columns; first += pattern.of) {
      const auto group = mask.row(row).subspan(first, std::min(pattern.of, mask.columns - first));
      if (std::count(group.begin(), group.end(), std::uint8_t{1}) > static_cast<std::ptrdiff_t>(pattern.keep)) {
        return false;
      }
    }
  }
  return true;
}

Mask nonzero_mask(const Matrix& weights) {
  Mask mask(weights.rows, weights.columns);
  for (std::size_t i = 0; i < weights.values.size(); ++i) mask.kept[i] = weights.values[i] != 0 ? 1 : 0;
  return mask;
}

}  // namespace roofscape::linear
