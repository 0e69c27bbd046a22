// Blobs, and the rule that a blob lives as long as a row names it.
#include <optional>

#include "analytics/base/text.h"
#include "db/resources.h"
#include "db/sqlite_store.h"

namespace roofscape::db {
namespace {

// A model or data set whose row names the blob, "model 'lenet5'"; nothing if there is none.
Result<std::optional<std::string>> named_by(Connection& connection, const Digest& blob) {
  const std::string hex = blob.hex();
  RS_ASSIGN(Statement rows, connection.prepare("SELECT 'model', id FROM models WHERE blob = $1 UNION ALL "
                                               "SELECT 'data set', id FROM datasets WHERE blob = $1"));
  RS_TRY(rows.bind(hex));
  RS_ASSIGN(const bool row, rows.step());
  if (!row) return std::optional<std::string>();
  return std::optional(fmt::format("{} '{}'", rows.text(0), printable(rows.text(1))));
}

}  // namespace

Status SqliteStore::put_blob(const Digest& sha256, std::span<const std::byte> bytes) {
  const std::lock_guard lock(naming_);
  RS_TRY(database_->blobs().put(sha256, bytes));
  ++unclaimed_[sha256];
  return {};
}

Result<std::vector<std::byte>> SqliteStore::get_blob(const Digest& sha256) {
  RS_ASSIGN(std::optional<std::vector<std::byte>> bytes, database_->blobs().get(sha256));
  if (bytes.has_value()) return std::move(*bytes);
  RS_ASSIGN(const ReaderPool::Lease reader, database_->reader());
  RS_ASSIGN(const std::optional<std::string> owner, named_by(*reader, sha256));
  if (owner.has_value())
    return data_loss("file {} is missing, but {} rests on it; import it again", database_->blobs().path(sha256),
                     *owner);
  return not_found("blob {} is not stored", sha256.hex());
}

Status SqliteStore::write_naming(const Digest& blob, const Writer::Work& insert) {
  const std::lock_guard lock(naming_);
  RS_ASSIGN(const bool stored, database_->blobs().exists(blob));
  if (!stored) return failed_precondition("blob {} is not stored; store it before what names it", blob.hex());
  Status status = database_->write(insert);
  if (status.ok() || status.code() == Code::kAlreadyExists) release(blob);
  return status;
}

void SqliteStore::release(const Digest& blob) {
  const auto claim = unclaimed_.find(blob);
  if (claim != unclaimed_.end() && --claim->second == 0) unclaimed_.erase(claim);
  remove_unless_needed(blob);
}

void SqliteStore::remove_unless_needed(const Digest& blob) {
  if (unclaimed_.contains(blob)) return;
  const Result<ReaderPool::Lease> reader = database_->reader();
  if (!reader.ok()) return;
  const Result<std::optional<std::string>> owner = named_by(**reader, blob);
  // A file that cannot be removed only takes room.
  if (owner.ok() && !owner->has_value()) static_cast<void>(database_->blobs().remove(blob));
}

Status SqliteStore::delete_with_blob(const ResourceTable& table, std::string_view id) {
  const std::lock_guard lock(naming_);
  std::optional<Digest> blob;
  const Writer::Work work = [&](Connection& connection) -> Status {
    RS_ASSIGN(blob, blob_of(connection, table, id));
    return remove_resource(connection, table, id);
  };
  RS_TRY(database_->write(work));
  if (blob.has_value()) remove_unless_needed(*blob);
  return {};
}

}  // namespace roofscape::db
