#include "server/model_shelf.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <map>
#include <optional>

#include "analytics/base/text.h"
#include "server/built_in_models.h"
#include "server/model_info.h"
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

std::string id_of(const v1::Model& model) { return model.name().substr(kModels.size() + 1); }

// Channels that a preparation may speak of. A network with a flat input says nothing of the raw images' channels:
// there, what the preparation itself gives is only checked for its numbers here, and against the data when it is used.
std::int64_t channels_of(const Network& network, const Preparation& preparation) {
  const Shape& shape = network.input_shape();
  if (shape.size() >= 2) return shape[0];
  return static_cast<std::int64_t>(std::max({preparation.mean.size(), preparation.std.size(), std::size_t{1}}));
}

}  // namespace

Status StoredModel::check_values() const {
  if (network().check_values().ok()) return {};
  return failed_precondition(
      "model '{}' is known by its shapes only: it can be estimated, not evaluated; import an ONNX file with its "
      "weights under another name",
      id_of(info));
}

Digest StoredModel::content_key() const {
  Hasher hasher("model/1");
  hasher.add(info.content_sha256());
  preparation.hash_into(hasher);
  return hasher.finish();
}

Result<v1::Model> ModelShelf::import(const std::string& id, const v1::Preparation& given,
                                     std::span<const std::byte> onnx) {
  RS_TRY(check_new_id("model", id, "id"));
  if (is_built_in_model(id)) return already_exists("model '{}' is built in; give yours another name", id);
  OnnxLimits limits;
  limits.file_bytes = model_bytes_;
  RS_ASSIGN(const Imported imported, import_onnx(onnx, limits));
  const Preparation preparation = from_message(given);
  if (Status status = preparation.validate(channels_of(imported.network, preparation)); !status.ok())
    return std::move(status).in("preparation");

  v1::Model model = describe_model(id, imported, preparation);
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
  if (is_built_in_model(id)) return built_in_model(id);
  auto found = store_.get_model(id);
  if (found.status().code() == Code::kNotFound) {
    std::vector<std::string> ids;
    RS_ASSIGN(const auto imported, stored());
    for (const v1::Model& model : imported) ids.push_back(id_of(model));
    for (std::string& built_in : built_in_model_ids()) ids.push_back(std::move(built_in));
    return not_found("{}{}", found.status().message(), suggestion(id, ids));
  }
  RS_ASSIGN(v1::Model info, std::move(found));
  Digest sha;
  if (!Digest::parse(info.content_sha256(), &sha)) return data_loss("the stored hash of model '{}' is damaged", id);
  RS_ASSIGN(auto imported, parsed(sha));
  Preparation preparation = from_message(info.preparation());
  return StoredModel{std::move(info), std::move(imported), std::move(preparation)};
}

Result<std::vector<v1::Model>> ModelShelf::stored() {
  std::vector<v1::Model> all;
  db::Page page{1000, ""};
  do {
    RS_ASSIGN(auto listed, store_.list_models(page));
    for (v1::Model& model : listed.rows)
      if (!is_built_in_model(id_of(model))) all.push_back(std::move(model));
    page.token = listed.next_token;
  } while (!page.token.empty());
  return all;
}

Result<ModelPage> ModelShelf::list(Origin origin, std::string_view after, std::size_t size) {
  std::map<std::string, std::optional<v1::Model>> all;  // built-in ones are built only where they are on the page
  if (origin != Origin::kBuiltIn) {
    RS_ASSIGN(auto imported, stored());
    for (v1::Model& model : imported) all.emplace(id_of(model), std::move(model));
  }
  if (origin != Origin::kImported)
    for (std::string& id : built_in_model_ids()) all.emplace(std::move(id), std::nullopt);
  ModelPage page;
  auto next = all.upper_bound(std::string(after));
  for (; next != all.end() && page.models.size() < size; ++next) {
    if (!next->second) {
      RS_ASSIGN(StoredModel built_in, built_in_model(next->first));
      next->second = std::move(built_in.info);
    }
    page.models.push_back(std::move(*next->second));
  }
  if (next != all.end() && !page.models.empty()) page.next = id_of(page.models.back());
  return page;
}

Status ModelShelf::remove(const std::string& id) {
  if (is_built_in_model(id))
    return failed_precondition("model '{}' is built in; only imported ones can be deleted", id);
  return store_.delete_model(id);
}

}  // namespace roofscape::server
