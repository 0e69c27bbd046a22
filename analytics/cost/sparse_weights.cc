#include "analytics/cost/sparse_weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "analytics/network/packed/packed.h"

namespace roofscape::cost {
namespace {

using packed::weight_tensors;

// Non-zero weights of the fullest lane.
std::int64_t fullest_lane(const Tensor& weights, int lanes) {
  const std::string key = fmt::format("fullest lane/1/{}", lanes);
  if (const auto known = weights.remembered(key)) return *known;
  const std::int64_t rows = weights.shape().empty() ? 1 : std::max<std::int64_t>(1, weights.shape()[0]);
  const std::int64_t columns = weights.size() / rows;
  std::vector<std::int64_t> filled(static_cast<std::size_t>(lanes), 0);
  const auto values = weights.values();
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto first = values.begin() + row * columns;
    filled[static_cast<std::size_t>(row % lanes)] +=
        std::count_if(first, first + columns, [](float value) { return value != 0; });
  }
  const std::int64_t most = *std::max_element(filled.begin(), filled.end());
  weights.remember(key, most);
  return most;
}

// Zeros that are stored because a distance has so few bits: one for each time that it overflows.
std::int64_t padding(const Tensor& weights, int gap_bits) {
  const std::string key = fmt::format("padding/1/{}", gap_bits);
  if (const auto known = weights.remembered(key)) return *known;
  std::int64_t gap = 0, count = 0;
  for (const float value : weights.values()) {
    if (value == 0) {
      ++gap;
      continue;
    }
    count += gap >> gap_bits;
    gap = 0;
  }
  weights.remember(key, count);
  return count;
}

struct Counts {
  double all = 0, nonzero = 0, padding = 0;

  // Entries of the stored form for each weight that is not 0.
  double entries() const { return nonzero > 0 ? 1 + padding / nonzero : 1; }
};
Counts counts(const Layer& layer) {
  Counts sum;
  for (std::size_t i = 0; i < weight_tensors(layer); ++i) {
    sum.all += static_cast<double>(layer.constants[i]->size());
    sum.nonzero += static_cast<double>(layer.constants[i]->nonzero_count());
    if (layer.storage.encoding == Storage::Encoding::kRelative)
      sum.padding += static_cast<double>(padding(*layer.constants[i], layer.storage.gap_bits));
  }
  return sum;
}

}  // namespace

double weight_work_left(const Layer& layer, int lanes) {
  if (!layer.has_weight() || !layer.storage.is_sparse()) return 1;
  double fullest = 0;
  for (std::size_t i = 0; i < weight_tensors(layer); ++i)
    fullest += static_cast<double>(fullest_lane(*layer.constants[i], lanes));
  const Counts sum = counts(layer);
  return sum.all > 0 ? std::min(1.0, fullest * lanes / sum.all * sum.entries()) : 1;
}

double stored_share(const Layer& layer) {
  if (!layer.has_weight() || !layer.storage.is_sparse()) return 1;
  const Counts sum = counts(layer);
  return sum.all > 0 ? sum.nonzero / sum.all : 1;
}

bool is_packed_form(const Layer& layer) {
  const Storage& storage = layer.storage;
  return layer.has_weight() &&
         (storage.is_sparse() || storage.values == Storage::Values::kCodebook || storage.huffman_values);
}

double stored_weights(const Layer& layer) {
  if (!layer.has_weight()) return 0;
  const Counts sum = counts(layer);
  return layer.storage.is_sparse() ? sum.nonzero * sum.entries() : sum.all;
}

}  // namespace roofscape::cost
