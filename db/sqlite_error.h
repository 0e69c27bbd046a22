// SQLite's result codes as Statuses that say what to do.
#pragma once

#include <sqlite3.h>

#include <string_view>

#include "analytics/base/status.h"

namespace roofscape::db {

// The error that `rc` stands for; `file` is the database, `doing` a clause such as "committing". `handle` may be null.
//
//   SQLITE_FULL → kResourceExhausted "disk full …"      SQLITE_BUSY → kUnavailable "… is locked by another program"
//   SQLITE_CORRUPT, SQLITE_NOTADB → kDataLoss "… is damaged …"        SQLITE_IOERR → kUnavailable
Status sqlite_error(sqlite3* handle, int rc, std::string_view file, std::string_view doing);

}  // namespace roofscape::db
