// One connection to an SQLite database, and the statements that run on it. Not thread-safe: a connection belongs to
// one thread at a time (db/writer.h, db/reader_pool.h).
//
//   RS_ASSIGN(Statement statement, connection.prepare("SELECT body FROM models WHERE id = $1"));
//   RS_TRY(statement.bind(id));
//   RS_ASSIGN(bool found, statement.step());
//   if (found) use(statement.bytes(0));
//
// Parameters are $1, $2 … numbered in the order in which they first stand in the text, as PostgreSQL has them too.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "analytics/base/status.h"

struct sqlite3;
struct sqlite3_stmt;

namespace roofscape::db {

// Marks a parameter as bytes rather than text.
struct Blob {
  std::string_view bytes;
};

// A prepared statement, borrowed from its connection's cache; leaving the scope resets it.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // Binds the arguments to $1, $2 …; what they point to must outlive the statement.
  template <typename... Args>
  Status bind(const Args&... args) {
    int index = 0;
    Status status;
    static_cast<void>(((status = bind_one(++index, args)).ok() && ...));
    return status;
  }
  // Goes on to the next row; false: there is none.
  Result<bool> step();
  // Columns of the current row, from 0. The views are valid until the next step.
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  std::string_view bytes(int column) const;

 private:
  friend class Connection;
  Statement(class Connection& connection, sqlite3_stmt* statement) : connection_(&connection), statement_(statement) {}
  Status bind_one(int index, std::int64_t value);
  Status bind_one(int index, std::string_view value);
  Status bind_one(int index, Blob value);
  Status bind_one(int index, std::nullptr_t);
  Status bound(int rc);

  Connection* connection_;
  sqlite3_stmt* statement_;
};

struct ConnectionOptions {
  std::string vfs;          // empty: the default
  double busy_seconds = 5;  // how long to wait for a locked database
  bool read_only = false;
};

class Connection {
 public:
  // Opens the database in `path`, creating it unless read_only, in WAL mode with synchronous=FULL.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const std::string& path() const { return path_; }
  // False after COMMIT and ROLLBACK, and after an error upon which SQLite rolled back by itself.
  bool in_transaction() const;
  // `sql` must be a string literal or live as long as the connection: it is the key of the cache.
  Result<Statement> prepare(std::string_view sql);
  // Runs a statement that answers with no rows; returns how it went.
  template <typename... Args>
  Status execute(std::string_view sql, const Args&... args) {
    RS_ASSIGN(Statement statement, prepare(sql));
    RS_TRY(statement.bind(args...));
    return statement.step().status();
  }
  // Runs any number of statements without parameters, parsed anew each time.
  Status run_script(std::string_view sql);
  // Reads the whole database for damage: kDataLoss with SQLite's first finding.
  Status check();

 private:
  friend class Statement;
  explicit Connection(std::string path) : path_(std::move(path)) {}
  Status configure(const ConnectionOptions& options);
  Status error(int rc, std::string_view doing) const;

  std::string path_;
  sqlite3* handle_ = nullptr;
  std::unordered_map<std::string_view, sqlite3_stmt*> statements_;
};

}  // namespace roofscape::db
