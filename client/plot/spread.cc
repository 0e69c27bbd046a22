#include "client/plot/spread.h"

#include <algorithm>
#include <cstddef>

namespace roofscape::client::plot {

// With i * gap taken off the i-th place, steps of at least `gap` become "ascending": isotonic regression by pooling
// neighbours that are out of order.
std::vector<double> spread(const std::vector<double>& wanted, double gap, double low, double high) {
  struct Pool {
    double sum = 0;
    std::size_t count = 0;
    double mean() const { return sum / static_cast<double>(count); }
  };
  std::vector<Pool> pools;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    pools.push_back({wanted[i] - gap * static_cast<double>(i), 1});
    while (pools.size() > 1 && pools[pools.size() - 2].mean() > pools.back().mean()) {
      const Pool last = pools.back();
      pools.pop_back();
      pools.back().sum += last.sum;
      pools.back().count += last.count;
    }
  }
  const double most = std::max(low, high - gap * static_cast<double>(wanted.size() - 1));
  std::vector<double> places;
  for (const Pool& pool : pools)
    for (std::size_t i = 0; i < pool.count; ++i)
      places.push_back(std::clamp(pool.mean(), low, most) + gap * static_cast<double>(places.size()));
  return places;
}

}  // namespace roofscape::client::plot
