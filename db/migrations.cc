#include "db/migrations.h"

#include <cstdint>

namespace roofscape::db {
namespace {

Result<std::int64_t> current_version(Connection& connection) {
  RS_ASSIGN(Statement statement, connection.prepare("SELECT COALESCE(MAX(version), 0) FROM schema_version"));
  RS_ASSIGN(const bool row, statement.step());
  return row ? statement.integer(0) : 0;
}

Status apply(Connection& connection, const Migration& step) {
  RS_TRY(connection.run_script(step.sql));
  return connection.execute("INSERT INTO schema_version (version, name) VALUES ($1, $2)", std::int64_t{step.version},
                            step.name);
}

}  // namespace

Status migrate(Connection& connection, std::span<const Migration> steps) {
  RS_TRY(connection.run_script(
      "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)"));
  RS_ASSIGN(const std::int64_t version, current_version(connection));
  const int newest = steps.empty() ? 0 : steps.back().version;
  if (version > newest)
    return failed_precondition(
        "database {} has schema version {}, but this program knows only up to {}; use the newer Roofscape that wrote "
        "it "
        "or another data folder",
        connection.path(), version, newest);
  for (const Migration& step : steps) {
    if (step.version <= version) continue;
    RS_TRY(connection.run_script("BEGIN IMMEDIATE"));
    if (Status status = apply(connection, step); !status.ok()) {
      static_cast<void>(connection.run_script("ROLLBACK"));  // the first error is the one to tell
      return std::move(status).in(fmt::format("migration {:04} ({})", step.version, step.name));
    }
    RS_TRY(connection.run_script("COMMIT"));
  }
  return {};
}

}  // namespace roofscape::db
