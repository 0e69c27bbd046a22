#include "db/connection.h"

#include <sqlite3.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "analytics/base/text.h"
#include "db/sqlite_error.h"

namespace roofscape::db {
namespace {

// Above this size opening skips the comparison of indexes with their tables, which costs a sort of all rows.
constexpr std::uintmax_t kFullCheckBytes = 64u << 20;

}  // namespace

// --- Statement ---

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_), statement_(std::exchange(other.statement_, nullptr)) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Status Statement::bound(int rc) { return rc == SQLITE_OK ? Status() : connection_->error(rc, "binding a parameter"); }

Status Statement::bind_one(int index, std::int64_t value) {
  return bound(sqlite3_bind_int64(statement_, index, value));
}

Status Statement::bind_one(int index, std::string_view value) {
  return bound(sqlite3_bind_text64(statement_, index, value.data() == nullptr ? "" : value.data(), value.size(),
                                   SQLITE_STATIC, SQLITE_UTF8));
}

Status Statement::bind_one(int index, Blob value) {
  return bound(sqlite3_bind_blob64(statement_, index, value.bytes.data() == nullptr ? "" : value.bytes.data(),
                                   value.bytes.size(), SQLITE_STATIC));
}

Status Statement::bind_one(int index, std::nullptr_t) { return bound(sqlite3_bind_null(statement_, index)); }

Result<bool> Statement::step() {
  const int rc = sqlite3_step(statement_);
  if (rc == SQLITE_ROW) return true;
  if (rc == SQLITE_DONE) return false;
  return connection_->error(rc, fmt::format("running \"{}\"", sqlite3_sql(statement_)));
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return {text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Statement::bytes(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {bytes == nullptr ? "" : bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

// --- Connection ---

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, const ConnectionOptions& options) {
  std::unique_ptr<Connection> connection(new Connection(path));
  // Writers and readers alike need to write the -shm file, so a reader is held to reading by query_only.
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                    (options.read_only ? 0 : SQLITE_OPEN_CREATE);
  const int rc =
      sqlite3_open_v2(path.c_str(), &connection->handle_, flags, options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (rc != SQLITE_OK) return connection->error(rc, "opening it");
  RS_TRY(connection->configure(options));
  return connection;
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(handle_);
}

Status Connection::configure(const ConnectionOptions& options) {
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, static_cast<int>(options.busy_seconds * 1000));
  // A damaged schema must not run functions, and a damaged page must be noticed when it is read.
  RS_TRY(run_script("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON"));
  if (options.read_only) return run_script("PRAGMA query_only = ON");
  {
    RS_ASSIGN(Statement mode, prepare("PRAGMA journal_mode = WAL"));
    RS_ASSIGN(const bool row, mode.step());
    if (!row || mode.text(0) != "wal")
      return unavailable("database {} cannot use a write-ahead log; put the data folder on a local file system", path_);
  }
  // FULL: every commit waits until the log is on the disk.
  return run_script("PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864");
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Result<Statement> Connection::prepare(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return Statement(*this, found->second);
  sqlite3_stmt* statement = nullptr;
  const int rc = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                    &statement, nullptr);
  // The texts are ours and tested: what does not parse has met a schema that is not ours.
  if (rc == SQLITE_ERROR)
    return data_loss("database {} is damaged: its tables are not those of Roofscape ({}); restore it from a copy",
                     path_, printable(sqlite3_errmsg(handle_)));
  if (rc != SQLITE_OK) return error(rc, fmt::format("preparing \"{}\"", sql));
  statements_.emplace(sql, statement);
  for (int i = 1; i <= sqlite3_bind_parameter_count(statement); ++i)
    RS_CHECK(sqlite3_bind_parameter_name(statement, i) == fmt::format("${}", i));
  return Statement(*this, statement);
}

Status Connection::run_script(std::string_view sql) {
  const int rc = sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (rc == SQLITE_OK) return {};
  return error(rc, fmt::format("running \"{}\"", printable(sql)));
}

Status Connection::check() {
  std::error_code ignored;
  const std::uintmax_t size = std::filesystem::file_size(path_, ignored);
  const bool full = !ignored && size <= kFullCheckBytes;
  RS_ASSIGN(Statement statement, prepare(full ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)"));
  RS_ASSIGN(const bool row, statement.step());
  if (row && statement.text(0) == "ok") return {};
  return data_loss("database {} is damaged: {}; restore it from a copy", path_,
                   row ? printable(statement.text(0)) : "its check says nothing");
}

Status Connection::error(int rc, std::string_view doing) const { return sqlite_error(handle_, rc, path_, doing); }

}  // namespace roofscape::db
