// The one writer of a database, with group commit: callers that arrive while a transaction is being committed share
// the next one, so that many small writes pay for one sync of the disk.
//
//   RS_TRY(writer.write([&](Connection& connection) { return connection.execute("INSERT …", …); }));
//
// Each caller's work runs under a savepoint: it lands whole or not at all, whatever the others in its transaction do,
// and write() returns ok only after the shared commit is durable. There is no thread: the first caller to find the
// writer free runs the work of all who wait, its own included, and then wakes them.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "analytics/base/status.h"
#include "db/connection.h"

namespace roofscape::db {

class Writer {
 public:
  using Work = std::function<Status(Connection&)>;

  explicit Writer(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

  // Thread-safe. `work` may run in another caller's thread; an exception that leaves it is thrown here. It must not
  // write through this writer again (kInternal).
  Status write(const Work& work);

 private:
  struct Job;
  void run(std::span<Job* const> batch);
  void run_one(Job& job);

  std::unique_ptr<Connection> connection_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Job*> waiting_;
  std::thread::id leader_;  // whoever runs a batch now
};

}  // namespace roofscape::db
