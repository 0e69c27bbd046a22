// The best k values to stand for many: weighted k-means on a line, solved exactly.
//
//   const Clusters clusters = k_means_1d(weights, importance, 16);     // a codebook of 4 bits
//   clusters.centres[nearest(clusters.centres, w)];
//
// On a line clusters are runs of the sorted values, so that the best partition is a shortest path; its cost falls
// ever more slowly with k, so that a price a cluster finds the best path of k clusters (Grønlund et al. 2017, §3).
// O(n log n) for each price tried, a few dozen of them, whatever k; no sampling and no histogram.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace roofscape::linear {

struct Clusters {
  std::vector<double> centres;  // ascending, distinct: weighted means; fewer than k only where values are fewer
  double loss = 0;              // Σ weight·(value − its centre)²
};

// `weights` holds one weight ≥ 0 a value, or is empty: all the same. Values of weight 0 do not count, unless none does.
// Equal values are one. Optimal up to the rounding of sums, about 1e-12 of the values' whole spread Σ weight·(value −
// mean)².
Clusters k_means_1d(std::span<const double> values, std::span<const double> weights, std::size_t k);

// Index of the nearest of ascending centres; of two the lower.
std::size_t nearest(std::span<const double> centres, double value);

}  // namespace roofscape::linear
