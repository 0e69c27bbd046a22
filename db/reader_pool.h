// Connections for reading. In WAL mode a reader sees the last committed state and neither waits for the writer nor
// makes it wait.
//
//   RS_ASSIGN(ReaderPool::Lease reader, readers.lease());
//   RS_ASSIGN(Statement statement, reader->prepare("SELECT …"));
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "analytics/base/status.h"
#include "db/connection.h"

namespace roofscape::db {

class ReaderPool {
 public:
  // At most `most` connections, opened when they are first needed.
  ReaderPool(std::string path, ConnectionOptions options, int most = 8);

  // A connection for one thread; it goes back when the lease ends.
  class Lease {
   public:
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    friend class ReaderPool;
    Lease(ReaderPool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    ReaderPool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Thread-safe; waits while all connections are lent.
  Result<Lease> lease();

 private:
  void give_back(std::unique_ptr<Connection> connection);

  const std::string path_;
  ConnectionOptions options_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  int may_open_;
};

}  // namespace roofscape::db
