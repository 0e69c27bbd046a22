// How fast a machine runs what its multipliers do not: pools, sums, functions, moves, and on some depthwise
// convolutions. A step compares, adds, moves or multiplies and adds one value.
//
//   steps_per_second(machine, layer.weight, layer.activation);    // of element-wise layers in these formats
//
// A platform may state its unit. Of one that does not, every output of the multipliers takes a step in each cycle: an
// array of input and output lanes has as many steps a cycle as output lanes, any other unit one for each multiplier,
// which is half of its operations. Of several peaks that hold the formats the one with the most steps counts.
#pragma once

#include <optional>

#include "analytics/arith/number_format.h"
#include "analytics/network/layer.h"

namespace roofscape::v1 {
class Platform;
}

namespace roofscape::cost {

struct LayerDemand;
struct Machine;

struct VectorUnit {
  double steps_per_second = 0;
  bool depthwise = false;  // runs depthwise convolutions
};

// None where the platform states no rate.
std::optional<VectorUnit> read_vector_unit(const v1::Platform& platform);

double steps_per_second(const Machine& machine, const NumberFormat& weight, const NumberFormat& activation);

// Steps of an element-wise layer for one image: its operations, at least one for each value that it writes.
double steps_of(const Layer& layer, const LayerDemand& demand);

// Whether the machine's vector unit computes a layer with weights.
bool runs_on_vector_unit(const Machine& machine, const LayerDemand& layer);

}  // namespace roofscape::cost
