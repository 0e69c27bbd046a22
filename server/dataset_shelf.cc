#include "server/dataset_shelf.h"

#include <google/protobuf/util/time_util.h>

#include "server/dataset_codec.h"
#include "server/names.h"

namespace roofscape::server {

Result<v1::Dataset> DatasetShelf::import(const std::string& id, const DatasetFiles& files) {
  RS_TRY(check_new_id("data set", id, "id"));
  if (files.limit < 0) return invalid_argument("limit is {}; use 0 (all images) or more", files.limit).at("limit");
  DatasetLimits limits;
  limits.bytes = dataset_bytes_;
  RS_ASSIGN(const Dataset dataset, load_dataset(files, limits));

  v1::Dataset info;
  info.set_name(resource_name(kDatasets, id));
  info.set_image_count(dataset.count);
  for (const std::int64_t dimension : dataset.image_shape) info.add_image_shape(dimension);
  info.set_element(dataset.element == Dataset::Element::kUint8 ? "uint8" : "float32");
  info.set_labelled(dataset.labelled());
  info.set_class_count(dataset.class_count());
  info.set_key(dataset.key().hex());
  info.set_raw_bytes(static_cast<std::int64_t>(dataset.raw.size()));

  if (auto existing = store_.get_dataset(id); existing.ok()) {
    if (existing->key() == info.key()) return existing;
    return already_exists("data set '{}' is there already, with other content; choose another name or delete it first",
                          id);
  } else if (existing.status().code() != Code::kNotFound) {
    return existing.status();
  }
  const std::vector<std::byte> blob = encode_dataset(dataset);
  const Digest sha = sha256(blob);
  RS_TRY(store_.put_blob(sha, blob));
  *info.mutable_create_time() = google::protobuf::util::TimeUtil::GetCurrentTime();
  RS_TRY(store_.put_dataset(info, sha));
  return store_.get_dataset(id);
}

Result<StoredDataset> DatasetShelf::get(const std::string& id) {
  RS_ASSIGN(v1::Dataset info, store_.get_dataset(id));
  RS_ASSIGN(const Digest sha, store_.get_dataset_blob(id));
  auto data = cache_.get(sha, [&]() -> Result<Sized<Dataset>> {
    RS_ASSIGN(const auto blob, store_.get_blob(sha));
    RS_ASSIGN(Dataset dataset, decode_dataset(blob));
    const auto bytes = static_cast<std::int64_t>(dataset.raw.size() + dataset.labels.size() * sizeof(std::int32_t));
    return Sized<Dataset>{std::make_shared<const Dataset>(std::move(dataset)), bytes};
  });
  if (!data.ok()) return data.status();
  return StoredDataset{std::move(info), *std::move(data)};
}

}  // namespace roofscape::server
