#include "analytics/cost/array_traffic.h"

#include <algorithm>

namespace roofscape::cost {
namespace {

bool counts_accesses(const Array& array) {
  return array.kinds_of_lanes() >= 2 && array.takes != Array::InputLanes::kKernelRows;
}

double weights_of(const WorkOnArray& work) {
  return work.groups * work.filters * work.channels * work.kernel_rows * work.kernel_columns;
}

Passing bytes_of(const Array& array, Stays stays, const LayerDemand& layer, const Memory& innermost,
                 const Passing& once, double images) {
  Bytes weights, inputs, sums;
  for (std::size_t i = 0; i < layer.products.size(); ++i) {
    const WorkOnArray& work = layer.products[i];
    const ArrayAccesses of = array_accesses(array, stays, work, images);
    const Bytes stored = i == 0 ? layer.weight_bytes - layer.step_bytes : layer.step_bytes;
    weights += stored * (of.weights / weights_of(work));
    inputs += Bytes(of.inputs * layer.input_bits / 8);
    sums += Bytes((of.sums_read * 2) * kSumBytes);  // each that is read was written; the last writing is the result
  }
  Passing all = once;
  if (!innermost.activations_only) all.weights = std::max(once.weights, weights);
  if (!innermost.weights_only)
    all.activations = std::max(inputs, layer.input_bytes * images) + layer.output_bytes * images + sums;
  return all;
}

}  // namespace

ArrayAccesses array_accesses(const Array& array, Stays stays, const WorkOnArray& work, double images) {
  const ArrayRounds rounds = array_rounds(array, work, images);
  const double times = work.groups * work.repeats, positions = work.rows * work.columns * images;
  const double inputs = work.channels * work.kernel_rows * work.kernel_columns;
  const double sums = times * positions * work.filters;
  return {.inputs = times * positions * inputs * (stays == Stays::kInputs ? 1 : rounds.filters),
          .weights = times * inputs * work.filters * (stays == Stays::kWeights ? 1 : rounds.positions),
          .sums_written = sums * (stays == Stays::kSums ? 1 : rounds.inputs),
          .sums_read = sums * (stays == Stays::kSums ? 0 : rounds.inputs - 1)};
}

Stays stays_in(const Array& systolic) {
  if (systolic.pixel_lanes == 0) return Stays::kWeights;
  return systolic.input_lanes == 0 ? Stays::kSums : Stays::kInputs;
}

Passing array_traffic(const Array& array, const LayerDemand& layer, const Memory& innermost, const Passing& once,
                      double images) {
  if (layer.products.empty() || !counts_accesses(array)) return once;
  const auto of = [&](Stays stays) { return bytes_of(array, stays, layer, innermost, once, images); };
  if (array.systolic) return of(stays_in(array));
  Passing least = of(Stays::kWeights);
  if (innermost.activations_only) return least;
  for (const Stays stays : {Stays::kSums, Stays::kInputs}) {
    const Passing other = of(stays);
    if (other.weights + other.activations < least.weights + least.activations) least = other;
  }
  return least;
}

}  // namespace roofscape::cost
