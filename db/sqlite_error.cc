#include "db/sqlite_error.h"

#include <cerrno>

namespace roofscape::db {

Status sqlite_error(sqlite3* handle, int rc, std::string_view file, std::string_view doing) {
  const std::string_view text = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(rc);
  const int extended = handle != nullptr ? sqlite3_extended_errcode(handle) : rc;
  const int cause = handle != nullptr ? sqlite3_system_errno(handle) : 0;
  switch (rc & 0xff) {
    case SQLITE_FULL:
      return resource_exhausted("disk full: {} in database {} found no room; free some space", doing, file);
    case SQLITE_NOMEM: return resource_exhausted("out of memory: {} in database {}", doing, file);
    case SQLITE_TOOBIG: return resource_exhausted("a row is too large for database {}: {} ({})", file, doing, text);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return unavailable("database {} is locked by another program: {}; close that program or try again", file, doing);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return data_loss("database {} is damaged: {} ({}); restore it from a copy", file, doing, text);
    case SQLITE_IOERR:
      if (extended == SQLITE_IOERR_DATA || extended == SQLITE_IOERR_CORRUPTFS)
        return data_loss("database {} is damaged: {} ({}); restore it from a copy", file, doing, text);
      return unavailable("database {} cannot be read or written: {} ({}, code {})", file, doing, text, extended);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return Status(Code::kPermissionDenied,
                    fmt::format("no permission to write database {}: {} ({}); see who owns it", file, doing, text));
    case SQLITE_CANTOPEN:
      if (cause == EACCES || cause == EPERM || cause == EROFS)
        return Status(Code::kPermissionDenied,
                      fmt::format("no permission to open database {}: {}; see who owns it", file, doing));
      return unavailable("database {} cannot be opened: {} ({})", file, doing, text);
    default: return internal_error("database {}: {} failed with {} (code {})", file, doing, text, extended);
  }
}

}  // namespace roofscape::db
