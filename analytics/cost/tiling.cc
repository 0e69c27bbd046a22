#include "analytics/cost/tiling.h"

#include <algorithm>
#include <cmath>

namespace roofscape::cost {
namespace {

double parts(Bytes of, double groups, Bytes room) { return std::max(1.0, of / groups / room); }

Rereads blocks_of_sums(const Operands& of, Bytes room, double weight_price) {
  const double blocks = parts(of.sums, of.groups, room);
  const double across = std::clamp(std::sqrt(blocks * weight_price * (of.weights / of.inputs)), 1.0, blocks);
  return {.weights = blocks / across, .inputs = across};
}

}  // namespace

Rereads least_rereads(const Operands& of, const Room& room, double weight_price) {
  if (!(of.weights.value() > 0) || !(of.inputs.value() > 0)) return {};
  const auto price = [&](const Rereads& times) {
    return of.weights * (weight_price * times.weights) + of.inputs * times.inputs;
  };
  Rereads least;
  bool known = false;
  const auto take = [&](const Rereads& times) {
    if (!known || price(times) < price(least)) least = times;
    known = true;
  };
  if (room.weights.value() > 0) take({.inputs = parts(of.weights, of.groups, room.weights)});
  if (room.activations.value() > 0) {
    take({.weights = parts(of.inputs, of.groups, room.activations)});
    take(blocks_of_sums(of, room.activations, weight_price));
  }
  return least;
}

}  // namespace roofscape::cost
