// Imported platforms.
#include "db/resources.h"
#include "db/sqlite_store.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::db {

Status SqliteStore::put_platform(const v1::Platform& platform) {
  RS_ASSIGN(const std::string id, resource_id("platforms", platform.id().empty() ? platform.name() : platform.id()));
  const std::string body = seal("platforms", id, platform);
  return database_->write([&](Connection& connection) {
    return connection.execute(
        "INSERT INTO platforms (id, body) VALUES ($1, $2) "
        "ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        id, Blob{body});
  });
}

Result<v1::Platform> SqliteStore::get_platform(std::string_view id) {
  RS_ASSIGN(const ReaderPool::Lease reader, database_->reader());
  v1::Platform platform;
  RS_TRY(load_resource(*reader, platforms_table(), id, &platform));
  return platform;
}

Result<Listed<v1::Platform>> SqliteStore::list_platforms(const Page& page) {
  RS_ASSIGN(const ReaderPool::Lease reader, database_->reader());
  return list_resources<v1::Platform>(*reader, platforms_table(), page);
}

Status SqliteStore::delete_platform(std::string_view id) {
  return database_->write([&](Connection& connection) { return remove_resource(connection, platforms_table(), id); });
}

}  // namespace roofscape::db
