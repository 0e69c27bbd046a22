// Threads for work that gRPC's own threads must not do, on Boost.Asio; what waits is bounded.
//
//   Pool pool(2, 256);
//   RS_TRY(pool.post([=] { … }));        // kResourceExhausted when 256 wait already
//
// stop() lets everything posted end, then refuses more.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "analytics/base/status.h"

namespace roofscape::server {

class Pool {
 public:
  Pool(int threads, std::int64_t most_waiting);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Tasks start in the order of posting. One that throws is a fault of Roofscape; it is logged and the pool goes on.
  Status post(std::function<void()> task);
  void stop();
  // Tasks waiting or running.
  std::int64_t busy() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace roofscape::server
