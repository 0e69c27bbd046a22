#include "db/writer.h"

#include <exception>
#include <utility>

namespace roofscape::db {

struct Writer::Job {
  const Work* work;
  Status status;
  std::exception_ptr thrown;
  bool done = false;

  bool succeeded() const { return status.ok() && thrown == nullptr; }
};

Status Writer::write(const Work& work) {
  Job job{.work = &work, .status = {}, .thrown = nullptr};
  std::unique_lock lock(mutex_);
  if (leader_ == std::this_thread::get_id()) return internal_error("a write to the store was begun inside another one");
  waiting_.push_back(&job);
  changed_.wait(lock, [&] { return job.done || leader_ == std::thread::id(); });
  if (!job.done) {
    leader_ = std::this_thread::get_id();
    const std::vector<Job*> batch = std::exchange(waiting_, {});
    lock.unlock();
    run(batch);
    lock.lock();
    for (Job* member : batch) member->done = true;
    leader_ = {};
    changed_.notify_all();
  }
  lock.unlock();
  if (job.thrown != nullptr) std::rethrow_exception(job.thrown);
  return job.status;
}

// Every job ends with a status (or exception); what succeeded is durable.
void Writer::run(std::span<Job* const> batch) {
  Status shared = connection_->run_script("BEGIN IMMEDIATE");
  for (Job* job : batch) {
    if (!shared.ok()) break;
    run_one(*job);
    // A full disk or a read error may take the whole transaction with it, and with it those who went before.
    if (!connection_->in_transaction())
      shared = job->status.ok() ? internal_error("a transaction ended early") : job->status;
  }
  if (shared.ok()) shared = connection_->run_script("COMMIT");
  if (shared.ok()) return;
  if (connection_->in_transaction()) static_cast<void>(connection_->run_script("ROLLBACK"));
  for (Job* job : batch)
    if (job->succeeded()) job->status = shared;
}

void Writer::run_one(Job& job) {
  job.status = connection_->execute("SAVEPOINT job");
  if (!job.status.ok()) return;
  try {
    job.status = (*job.work)(*connection_);
  } catch (...) {
    job.thrown = std::current_exception();
  }
  if (!connection_->in_transaction()) return;
  if (!job.succeeded()) {
    const Status undone = connection_->execute("ROLLBACK TO job");
    // What cannot be undone alone is undone with the whole transaction.
    if (!undone.ok()) static_cast<void>(connection_->run_script("ROLLBACK"));
    if (!undone.ok()) return;
  }
  const Status released = connection_->execute("RELEASE job");
  if (job.succeeded()) job.status = released;
}

}  // namespace roofscape::db
