// Stored models, and their networks parsed once.
//
//   RS_ASSIGN(StoredModel model, shelf.get("lenet5"));
//   model.network().input_shape();
#pragma once

#include <memory>
#include <span>
#include <string>

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
  // Of all that determines what it computes from raw data.
  Digest content_key() const;
};

class ModelShelf {
 public:
  ModelShelf(db::Store& store, std::int64_t cache_bytes, std::int64_t model_bytes)
      : store_(store), cache_(cache_bytes), model_bytes_(model_bytes) {}

  // Imports the file, and stores it only if it can be used. The same content under the same name answers with what is
  // there; other content is kAlreadyExists.
  Result<v1::Model> import(const std::string& id, const v1::Preparation& preparation, std::span<const std::byte> onnx);
  Result<StoredModel> get(const std::string& id);

 private:
  Result<std::shared_ptr<const Imported>> parsed(const Digest& sha256);

  db::Store& store_;
  LruCache<Digest, Imported> cache_;
  const std::int64_t model_bytes_;
};

// Its layers for people: GetModel's `layers`.
std::vector<v1::LayerInfo> describe_layers(const Network& network);

}  // namespace roofscape::server
