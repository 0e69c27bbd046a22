// Calibrations that people made.
#include "db/resources.h"
#include "db/sqlite_store.h"
#include "roofscape/v1/calibration.pb.h"

namespace roofscape::db {

Status SqliteStore::put_calibration(std::string_view id, const v1::Calibration& calibration) {
  RS_ASSIGN(const std::string row, resource_id("calibrations", id));
  const std::string body = seal("calibrations", row, calibration);
  return database_->write([&](Connection& connection) {
    return connection.execute(
        "INSERT INTO calibrations (id, body) VALUES ($1, $2) "
        "ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        row, Blob{body});
  });
}

Result<v1::Calibration> SqliteStore::get_calibration(std::string_view id) {
  RS_ASSIGN(const ReaderPool::Lease reader, database_->reader());
  v1::Calibration calibration;
  RS_TRY(load_resource(*reader, calibrations_table(), id, &calibration));
  return calibration;
}

Status SqliteStore::delete_calibration(std::string_view id) {
  return database_->write(
      [&](Connection& connection) { return remove_resource(connection, calibrations_table(), id); });
}

}  // namespace roofscape::db
