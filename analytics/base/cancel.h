// A flag that long work looks at between its steps.
//
//   CancelToken token;  …  other thread: token.cancel();
//   for (…) { if (token.cancelled()) return cancelled("the exploration was cancelled"); … }
#pragma once

#include <atomic>

namespace roofscape {

class CancelToken {
 public:
  void cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
};

}  // namespace roofscape
