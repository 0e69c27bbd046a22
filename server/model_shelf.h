// Models by id: those that people imported, their networks parsed once, and those that ship with Roofscape.
//
//   RS_ASSIGN(StoredModel model, shelf.get("lenet5"));
//   model.network().input_shape();
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/lru_cache.h"
#include "analytics/network/dataset.h"
#include "analytics/network/onnx_import.h"
#include "db/store.h"
#include "roofscape/v1/model.pb.h"

namespace roofscape::server {

struct StoredModel {
  v1::Model info;  // without layers
  std::shared_ptr<const Imported> imported;
  Preparation preparation;

  const Network& network() const { return imported->network; }
  // Fails where it can be estimated, not evaluated: some weights are known by their shapes only.
  Status check_values() const;
  // Of all that determines what it computes from raw data.
  Digest content_key() const;
};

enum class Origin { kAny, kBuiltIn, kImported };

struct ModelPage {
  std::vector<v1::Model> models;  // without layers
  std::string next;               // id of the last one where more follow
};

class ModelShelf {
 public:
  ModelShelf(db::Store& store, std::int64_t cache_bytes, std::int64_t model_bytes)
      : store_(store), cache_(cache_bytes), model_bytes_(model_bytes) {}

  // Imports the file, and stores it only if it can be used. The same content under the same name answers with what is
  // there; other content is kAlreadyExists.
  Result<v1::Model> import(const std::string& id, const v1::Preparation& preparation, std::span<const std::byte> onnx);
  Result<StoredModel> get(const std::string& id);
  // The first `size` by id of those behind `after`.
  Result<ModelPage> list(Origin origin, std::string_view after, std::size_t size);
  // Fails for built-in models.
  Status remove(const std::string& id);

 private:
  // Those imported, by id.
  Result<std::vector<v1::Model>> stored();
  Result<std::shared_ptr<const Imported>> parsed(const Digest& sha256);

  db::Store& store_;
  LruCache<Digest, Imported> cache_;
  const std::int64_t model_bytes_;
};

}  // namespace roofscape::server
