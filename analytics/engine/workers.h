// Threads that take whole batches from a counter, each with single-threaded kernels.
#pragma once

#include <cstdint>
#include <functional>

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"

namespace roofscape::engine {

// Says that OpenMP uses one thread in this scope and this thread: oneDNN looks at it when it makes and runs primitives.
class OneOpenMpThread {
 public:
  OneOpenMpThread();
  ~OneOpenMpThread();
  OneOpenMpThread(const OneOpenMpThread&) = delete;
  OneOpenMpThread& operator=(const OneOpenMpThread&) = delete;

 private:
  int before_;
};

struct BatchJob {
  std::int64_t batches = 0;
  const CancelToken* cancel = nullptr;
  // Makes a worker's own buffers and returns what runs one batch with them.
  std::function<std::function<Status(std::int64_t batch)>()> make_worker;
};

// Runs every batch once on `threads` threads. Returns the first failure; none starts after it or after a cancel.
Status run_batches(int threads, const BatchJob& job);

}  // namespace roofscape::engine
