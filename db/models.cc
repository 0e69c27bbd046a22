// Models: rows that name an ONNX file.
#include "db/resources.h"
#include "db/sqlite_store.h"
#include "roofscape/v1/model.pb.h"

namespace roofscape::db {
namespace {

// Ok if `stored` and `offered` are the same file, prepared alike.
Status check_same(const v1::Model& stored, const v1::Model& offered, std::string_view id) {
  if (stored.content_sha256() != offered.content_sha256())
    return already_exists("model '{}' holds another file (SHA-256 {}, not {}); delete it first or use another name", id,
                          stored.content_sha256(), offered.content_sha256());
  if (serialise(stored.preparation()) != serialise(offered.preparation()))
    return already_exists(
        "model '{}' holds this file with another preparation (scale, mean, std); delete it first or "
        "use another name",
        id);
  return {};
}

}  // namespace

Status SqliteStore::put_model(const v1::Model& model) {
  RS_ASSIGN(const std::string id, resource_id("models", model.name()));
  Digest blob;
  if (!Digest::parse(model.content_sha256(), &blob))
    return invalid_argument("model '{}': content_sha256 is not 64 hexadecimal digits", id).at("content_sha256");
  const std::string blob_hex = blob.hex();
  return write_naming(blob, [&](Connection& connection) -> Status {
    v1::Model stored;
    RS_ASSIGN(const bool found, find_resource(connection, models_table(), id, &stored));
    if (found) return check_same(stored, model, id);
    const std::string body = seal("models", id, model);
    return connection.execute("INSERT INTO models (id, blob, body) VALUES ($1, $2, $3)", id, blob_hex, Blob{body});
  });
}

Result<v1::Model> SqliteStore::get_model(std::string_view id) {
  RS_ASSIGN(const ReaderPool::Lease reader, database_->reader());
  v1::Model model;
  RS_TRY(load_resource(*reader, models_table(), id, &model));
  return model;
}

Result<Listed<v1::Model>> SqliteStore::list_models(const Page& page) {
  RS_ASSIGN(const ReaderPool::Lease reader, database_->reader());
  return list_resources<v1::Model>(*reader, models_table(), page);
}

Status SqliteStore::delete_model(std::string_view id) { return delete_with_blob(models_table(), id); }

}  // namespace roofscape::db
