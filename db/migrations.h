// The schema, as numbered steps: db/migrations/NNNN_name.sql, compiled into the program.
//
// A step, once released, is never edited; a change of the schema is the next number. Each step runs in one transaction
// with the row of schema_version that records it, so a crash in the middle leaves the step undone.
#pragma once

#include <span>
#include <string_view>

#include "analytics/base/status.h"
#include "db/connection.h"

namespace roofscape::db {

struct Migration {
  int version;            // 1, 2, 3 …
  std::string_view name;  // "first"
  std::string_view sql;
};

// All steps that this program knows, in order.
std::span<const Migration> migrations();

// Brings the database up to the last of `steps`; kFailedPrecondition if it is newer than that.
Status migrate(Connection& connection, std::span<const Migration> steps);

}  // namespace roofscape::db
