#include "analytics/cost/layer_ceilings.h"

#include <algorithm>

#include "analytics/cost/ceilings.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::cost {

std::string kind_of_layer(const Layer& layer) {
  const auto* conv = layer.as<op::Conv>();
  if (conv == nullptr) return operation_name(layer.operation);
  const Shape& weight = layer.weight()->shape();
  if (conv->groups > 1) return weight[1] == 1 ? "depthwise Conv" : "grouped Conv";
  return weight[2] == 1 && weight[3] == 1 ? "pointwise Conv" : "Conv";
}

Result<LayerCeilings> LayerCeilings::create(const v1::Platform& platform) {
  LayerCeilings all;
  for (int i = 0; i < platform.layer_ceilings_size(); ++i) {
    const v1::LayerCeiling& given = platform.layer_ceilings(i);
    Ceiling ceiling;
    if (!given.format().empty()) {
      auto format = NumberFormat::parse(given.format());
      if (!format.ok()) return format.status().at(fmt::format("layer_ceilings[{}].format", i));
      ceiling.format = *format;
      ceiling.any_format = false;
    }
    ceiling.ops = given.ops_per_second().value();
    ceiling.values = given.values_per_second().value();
    ceiling.weights = given.weights_per_second().value();
    all.by_kind_[given.operation()].push_back(ceiling);
  }
  for (auto& [kind, ceilings] : all.by_kind_)
    std::stable_sort(ceilings.begin(), ceilings.end(), [](const Ceiling& a, const Ceiling& b) {
      if (a.any_format || b.any_format) return !a.any_format && b.any_format;
      return a.format.bits() < b.format.bits();
    });
  return all;
}

const LayerCeilings::Ceiling* LayerCeilings::find(const Layer& layer, const LayerDemand& demand) const {
  const auto found = by_kind_.find(kind_of_layer(layer));
  if (found == by_kind_.end()) return nullptr;
  for (const Ceiling& ceiling : found->second)
    if (ceiling.any_format || (holds(ceiling.format, demand.weight) && holds(ceiling.format, demand.activation)))
      return &ceiling;
  return nullptr;
}

Seconds LayerCeilings::bound(const Layer& layer, const LayerDemand& demand, double images) const {
  if (empty()) return Seconds(0);
  const Ceiling* ceiling = find(layer, demand);
  if (ceiling == nullptr) return Seconds(0);
  double seconds = 0;
  if (ceiling->ops > 0) seconds += demand.ops.value() * images / ceiling->ops;
  if (ceiling->weights > 0 && layer.has_weight())
    seconds += static_cast<double>(layer.weight()->size()) / ceiling->weights;
  if (ceiling->values > 0) seconds += static_cast<double>(element_count(layer.output_shape)) * images / ceiling->values;
  return Seconds(seconds);
}

}  // namespace roofscape::cost
