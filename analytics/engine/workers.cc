#include "analytics/engine/workers.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

namespace roofscape::engine {
namespace {

class Pool {
 public:
  explicit Pool(const BatchJob& job) : job_(job) {}

  void work() {
    const OneOpenMpThread one_thread;
    // Kernels come from other libraries, too: nothing that they throw may leave the thread.
    try {
      const auto run = job_.make_worker();
      for (std::int64_t batch = next_++; batch < job_.batches && !stopped_; batch = next_++) {
        if (job_.cancel != nullptr && job_.cancel->cancelled()) return fail(cancelled("the measurement was cancelled"));
        if (Status status = run(batch); !status.ok()) return fail(std::move(status));
      }
    } catch (const std::bad_alloc&) {
      fail(resource_exhausted("there is not enough memory to run the network"));
    } catch (const std::exception& error) {
      fail(internal_error("the engine failed: {}", error.what()));
    }
  }

  Status status() const { return status_; }

 private:
  void fail(Status status) {
    const std::lock_guard lock(mutex_);
    if (status_.ok()) status_ = std::move(status);
    stopped_ = true;
  }

  const BatchJob& job_;
  std::atomic<std::int64_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;
  Status status_;
};

}  // namespace

OneOpenMpThread::OneOpenMpThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
OneOpenMpThread::~OneOpenMpThread() { omp_set_num_threads(before_); }

Status run_batches(int threads, const BatchJob& job) {
  Pool pool(job);
  const auto helpers = std::min<std::int64_t>(std::max(threads, 1), job.batches) - 1;
  {
    std::vector<std::jthread> others;
    for (std::int64_t i = 0; i < helpers; ++i) others.emplace_back([&pool] { pool.work(); });
    pool.work();
  }
  return pool.status();
}

}  // namespace roofscape::engine
