#include "server/model_info.h"

#include "analytics/network/work.h"
#include "server/names.h"
#include "server/wire.h"

namespace roofscape::server {

v1::Model describe_model(const std::string& id, const Imported& imported, const Preparation& preparation) {
  v1::Model model;
  model.set_name(resource_name(kModels, id));
  *model.mutable_preparation() = to_message(preparation);
  model.set_network_key(imported.network.key().hex());
  for (const std::int64_t dimension : imported.network.input_shape()) model.add_input_shape(dimension);
  model.set_class_count(element_count(imported.network.output_shape()));
  const Work work = network_work(imported.network);
  model.set_mac_count(work.macs);
  model.set_other_op_count(work.other_ops);
  model.set_weight_count(work.weight_count);
  model.set_activation_count(activation_count(imported.network));
  model.set_shape_only(imported.network.is_shape_only());
  model.set_weight_bytes((work.stored_weight_bits + 7) / 8);
  model.set_opset(imported.opset);
  for (const std::string& note : imported.notes) model.add_notes(note);
  return model;
}

std::vector<v1::LayerInfo> describe_layers(const Network& network) {
  std::vector<v1::LayerInfo> infos;
  for (LayerId id = 0; id < network.size(); ++id) {
    const Layer& layer = network.layer(id);
    const Work work = layer_work(network, id);
    v1::LayerInfo info;
    info.set_name(layer.name);
    info.set_op(operation_name(layer.operation));
    for (const LayerId input : layer.inputs) info.add_inputs(network.layer(input).name);
    for (const std::int64_t dimension : layer.output_shape) info.add_output_shape(dimension);
    info.set_mac_count(work.macs);
    info.set_other_op_count(work.other_ops);
    info.set_weight_count(work.weight_count);
    info.set_weight_bytes((work.stored_weight_bits + 7) / 8);
    if (layer.has_weight())
      info.set_weight_format(layer.arithmetic.weight ? layer.arithmetic.weight->format.name() : "fp32");
    const QuantiserPtr input = layer.arithmetic.input(0);
    info.set_activation_format(input ? input->format.name() : "fp32");
    infos.push_back(std::move(info));
  }
  return infos;
}

}  // namespace roofscape::server
