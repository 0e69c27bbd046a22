// Stored data sets, and their images read once.
#pragma once

#include <memory>
#include <string>

#include "analytics/base/lru_cache.h"
#include "analytics/network/dataset.h"
#include "db/store.h"
#include "roofscape/v1/dataset.pb.h"

namespace roofscape::server {

struct StoredDataset {
  v1::Dataset info;
  std::shared_ptr<const Dataset> data;
};

class DatasetShelf {
 public:
  DatasetShelf(db::Store& store, std::int64_t cache_bytes, std::int64_t dataset_bytes)
      : store_(store), cache_(cache_bytes), dataset_bytes_(dataset_bytes) {}

  // Reads the files, and stores what they hold only if it can be used.
  Result<v1::Dataset> import(const std::string& id, const DatasetFiles& files);
  // Not found is an error at `field`.
  Result<StoredDataset> get(const std::string& id);

 private:
  db::Store& store_;
  LruCache<Digest, Dataset> cache_;
  const std::int64_t dataset_bytes_;
};

}  // namespace roofscape::server
