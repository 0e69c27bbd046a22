// Data sets: rows that name a file of raw images and labels.
#include "analytics/base/text.h"
#include "db/resources.h"
#include "db/sqlite_store.h"
#include "roofscape/v1/dataset.pb.h"

namespace roofscape::db {

Status SqliteStore::put_dataset(const v1::Dataset& dataset, const Digest& blob) {
  RS_ASSIGN(const std::string id, resource_id("datasets", dataset.name()));
  const std::string blob_hex = blob.hex();
  return write_naming(blob, [&](Connection& connection) -> Status {
    v1::Dataset stored;
    RS_ASSIGN(const bool found, find_resource(connection, datasets_table(), id, &stored));
    if (found && stored.key() == dataset.key()) return {};
    if (found)
      return already_exists("data set '{}' holds other data (key {}, not {}); delete it first or use another name", id,
                            printable(stored.key()), printable(dataset.key()));
    const std::string body = seal("datasets", id, dataset);
    return connection.execute("INSERT INTO datasets (id, blob, body) VALUES ($1, $2, $3)", id, blob_hex, Blob{body});
  });
}

Result<v1::Dataset> SqliteStore::get_dataset(std::string_view id) {
  RS_ASSIGN(const ReaderPool::Lease reader, database_->reader());
  v1::Dataset dataset;
  RS_TRY(load_resource(*reader, datasets_table(), id, &dataset));
  return dataset;
}

Result<Digest> SqliteStore::get_dataset_blob(std::string_view id) {
  RS_ASSIGN(const ReaderPool::Lease reader, database_->reader());
  RS_ASSIGN(const std::optional<Digest> blob, blob_of(*reader, datasets_table(), id));
  if (!blob.has_value()) return no_such("data set", id);
  return *blob;
}

Result<Listed<v1::Dataset>> SqliteStore::list_datasets(const Page& page) {
  RS_ASSIGN(const ReaderPool::Lease reader, database_->reader());
  return list_resources<v1::Dataset>(*reader, datasets_table(), page);
}

Status SqliteStore::delete_dataset(std::string_view id) { return delete_with_blob(datasets_table(), id); }

}  // namespace roofscape::db
