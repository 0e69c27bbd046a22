#include "server/pool.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <exception>
#include <mutex>

#include "analytics/base/text.h"

namespace roofscape::server {

struct Pool::State {
  State(int threads, std::int64_t most) : limit(threads + most), pool(static_cast<std::size_t>(threads)) {}

  const std::int64_t limit;  // running and waiting together
  std::atomic<std::int64_t> busy{0};
  std::mutex mutex;  // between post and stop
  bool stopped = false;
  boost::asio::thread_pool pool;
};

Pool::Pool(int threads, std::int64_t most_waiting) : state_(std::make_unique<State>(threads, most_waiting)) {}
Pool::~Pool() { stop(); }

Status Pool::post(std::function<void()> task) {
  const std::lock_guard lock(state_->mutex);
  if (state_->stopped) return unavailable("the daemon is shutting down; connect again once it is back");
  if (state_->busy.fetch_add(1) >= state_->limit) {
    --state_->busy;
    return resource_exhausted("{} calls are waiting already (setting queued_calls); try again later", state_->limit);
  }
  boost::asio::post(state_->pool, [state = state_.get(), task = std::move(task)]() mutable {
    try {
      task();
    } catch (const std::exception& fault) {
      spdlog::error("a task failed inside Roofscape: {}", printable(fault.what(), 500));
    }
    task = nullptr;  // what it holds goes before it counts as done
    --state->busy;
  });
  return {};
}

void Pool::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopped = true;
  }
  state_->pool.join();
}

std::int64_t Pool::busy() const { return state_->busy.load(); }

}  // namespace roofscape::server
