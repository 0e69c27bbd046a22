#include "server/model_shelf.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "analytics/base/text.h"
#include "analytics/network/work.h"
#include "server/names.h"
#include "server/wire.h"

namespace roofscape::server {
namespace {

std::int64_t memory_of(const Imported& imported) {
  std::int64_t bytes = 0;
  for (const Layer& layer : imported.network.layers()) {
    bytes += 1024;
    for (const TensorPtr& constant : layer.constants)
      if (constant) bytes += constant->size() * static_cast<std::int64_t>(sizeof(float));
  }
  return bytes;
}

// Channels that a preparation may speak of. A network with a flat input says nothing of the raw images' channels:
// there, what the preparation itself gives is only checked for its numbers here, and against the data when it is used.
std::int64_t channels_of(const Network& network, const Preparation& preparation) {
  const Shape& shape = network.input_shape();
  if (shape.size() >= 2) return shape[0];
  return static_cast<std::int64_t>(std::max({preparation.mean.size(), preparation.std.size(), std::size_t{1}}));
}

v1::Model describe(const std::string& id, const Imported& imported, const Preparation& preparation) {
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
  model.set_weight_bytes((work.stored_weight_bits + 7) / 8);
  model.set_opset(imported.opset);
  for (const std::string& note : imported.notes) model.add_notes(note);
  return model;
}

}  // namespace

Digest StoredModel::content_key() const {
  Hasher hasher("model/1");
  hasher.add(info.content_sha256());
  preparation.hash_into(hasher);
  return hasher.finish();
}

Result<v1::Model> ModelShelf::import(const std::string& id, const v1::Preparation& given,
                                     std::span<const std::byte> onnx) {
  RS_TRY(check_new_id("model", id, "id"));
  OnnxLimits limits;
  limits.file_bytes = model_bytes_;
  RS_ASSIGN(const Imported imported, import_onnx(onnx, limits));
  const Preparation preparation = from_message(given);
  if (Status status = preparation.validate(channels_of(imported.network, preparation)); !status.ok())
    return std::move(status).in("preparation");

  v1::Model model = describe(id, imported, preparation);
  const Digest sha = sha256(onnx);
  model.set_content_sha256(sha.hex());
  model.set_file_bytes(static_cast<std::int64_t>(onnx.size()));

  if (auto existing = store_.get_model(id); existing.ok()) {
    if (existing->content_sha256() == model.content_sha256() && from_message(existing->preparation()) == preparation)
      return existing;
    return already_exists(
        "model '{}' is there already, with {}; choose another name or delete it first", id,
        existing->content_sha256() == model.content_sha256() ? "another preparation" : "other content");
  } else if (existing.status().code() != Code::kNotFound) {
    return existing.status();
  }
  RS_TRY(store_.put_blob(sha, onnx));
  *model.mutable_create_time() = google::protobuf::util::TimeUtil::GetCurrentTime();
  RS_TRY(store_.put_model(model));
  return store_.get_model(id);
}

Result<std::shared_ptr<const Imported>> ModelShelf::parsed(const Digest& sha) {
  return cache_.get(sha, [&]() -> Result<Sized<Imported>> {
    RS_ASSIGN(const auto onnx, store_.get_blob(sha));
    OnnxLimits limits;
    // What was accepted once stays readable, whatever the settings say today.
    limits.file_bytes = std::max(model_bytes_, static_cast<std::int64_t>(onnx.size()));
    RS_ASSIGN(Imported imported, import_onnx(onnx, limits));
    const std::int64_t bytes = memory_of(imported);
    return Sized<Imported>{std::make_shared<const Imported>(std::move(imported)), bytes};
  });
}

Result<StoredModel> ModelShelf::get(const std::string& id) {
  RS_ASSIGN(v1::Model info, store_.get_model(id));
  Digest sha;
  if (!Digest::parse(info.content_sha256(), &sha)) return data_loss("the stored hash of model '{}' is damaged", id);
  RS_ASSIGN(auto imported, parsed(sha));
  Preparation preparation = from_message(info.preparation());
  return StoredModel{std::move(info), std::move(imported), std::move(preparation)};
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
