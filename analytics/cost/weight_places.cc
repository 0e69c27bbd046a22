#include "analytics/cost/weight_places.h"

#include <algorithm>
#include <cmath>

namespace roofscape::cost {
namespace {

constexpr double kBlockBits = 18432;

// Block memories that `from` frees for each byte that `to` reads on top.
double freed_a_byte(const WeightPlace& from, const WeightPlace& to) {
  return (from.bram - to.bram) / (to.bytes - from.bytes);
}

// Keeps the lower convex hull of places that come with ever more bytes.
void add(const WeightPlace& place, std::vector<WeightPlace>* hull) {
  if (place.bram >= hull->back().bram) return;
  while (hull->size() > 1 && freed_a_byte((*hull)[hull->size() - 2], hull->back()) <= freed_a_byte(hull->back(), place))
    hull->pop_back();
  hull->push_back(place);
}

// What a band of so many pixels takes. Input: this band and the next. Output: rows come in turns, pixels leave in
// theirs. Beside them the weights of the rows at work, twice; or, where that is less, each weight stays in its register
// while all pixels pass, and their sums wait.
double band_bram(const UnitShape& shape, const UnitCost& unit, double pixels) {
  const double share = pixels / shape.vectors, rows = static_cast<double>(unit.pe);
  const double simd = static_cast<double>(unit.simd), columns = static_cast<double>(shape.columns);
  const double weights = block_memories(std::ceil(rows * simd * shape.weight_width), 2 * columns / simd);
  const double sums = block_memories(rows * accumulator_bits(shape), pixels);
  const double maps = share * (2 * shape.input_values * shape.activation_width +
                               static_cast<double>(shape.rows) * shape.vectors * shape.output_bits);
  return std::ceil(maps / kBlockBits) + std::min(weights, sums);
}

}  // namespace

std::vector<WeightPlace> weight_places(const UnitShape& shape, const UnitCost& unit) {
  std::vector<WeightPlace> places{{unit.weight_bram, 0}};
  if (!(unit.weight_bram > 0)) return places;
  const double bytes = static_cast<double>(shape.rows) * static_cast<double>(shape.columns) * shape.weight_width / 8;
  if (!shape.sequential)
    for (double bands = 1; bands < shape.vectors; bands *= 2)
      add({band_bram(shape, unit, std::ceil(shape.vectors / bands)), bytes * bands}, &places);
  add({0, bytes * shape.vectors}, &places);
  return places;
}

}  // namespace roofscape::cost
