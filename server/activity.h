// Counts calls in progress, whatever their service: for --exit-when-idle, and for the drain.
#pragma once

#include <grpcpp/support/server_interceptor.h>

#include <atomic>
#include <chrono>
#include <memory>

namespace roofscape::server {

// Thread-safe.
class Activity {
 public:
  using Clock = std::chrono::steady_clock;

  void begin() { ++open_; }
  void end() {
    touch();
    --open_;
  }
  void touch() { last_.store(Clock::now().time_since_epoch().count()); }
  std::int64_t open() const { return open_.load(); }
  // Since the last call ended; zero while one is open.
  Clock::duration quiet() const {
    if (open() > 0) return Clock::duration::zero();
    return Clock::now().time_since_epoch() - Clock::duration(last_.load());
  }

 private:
  std::atomic<std::int64_t> open_{0};
  std::atomic<Clock::rep> last_{Clock::now().time_since_epoch().count()};
};

// Makes gRPC tell `activity` of every call.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> watch_calls(std::shared_ptr<Activity> activity);

}  // namespace roofscape::server
