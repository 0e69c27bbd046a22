#include "analytics/cost/vector_unit.h"

#include <algorithm>

#include "analytics/cost/demand.h"
#include "analytics/cost/machine.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::cost {
namespace {

double steps_of(const Ceiling& ceiling) {
  return ceiling.rate.value() / 2 / static_cast<double>(std::max<std::int64_t>(ceiling.array.input_lanes, 1));
}

}  // namespace

std::optional<VectorUnit> read_vector_unit(const v1::Platform& platform) {
  const v1::VectorUnit& given = platform.vector_unit();
  if (!(given.steps_per_second().value() > 0)) return std::nullopt;
  return VectorUnit{given.steps_per_second().value(), given.depthwise()};
}

double steps_per_second(const Machine& machine, const NumberFormat& weight, const NumberFormat& activation) {
  if (machine.vector_unit) return machine.vector_unit->steps_per_second;
  double most = 0, of_any = 0;
  for (const Ceiling& ceiling : machine.ceilings.all()) {
    if (ceiling.sparsity || ceiling.winograd) continue;
    of_any = std::max(of_any, steps_of(ceiling));
    if (holds(ceiling.weight, weight) && holds(ceiling.activation, activation))
      most = std::max(most, steps_of(ceiling));
  }
  return most > 0 ? most : of_any;
}

double steps_of(const Layer& layer, const LayerDemand& demand) {
  return std::max(demand.ops.value(), static_cast<double>(element_count(layer.output_shape)));
}

bool runs_on_vector_unit(const Machine& machine, const LayerDemand& layer) {
  if (!machine.vector_unit || !machine.vector_unit->depthwise) return false;
  return layer.products.size() == 1 && layer.products[0].groups > 1 && layer.products[0].channels == 1;
}

}  // namespace roofscape::cost
