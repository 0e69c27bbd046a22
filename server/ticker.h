// A thread that looks, a few times a second, at things which must not wait for ever: uploads that send nothing.
//
//   Ticker ticker(std::chrono::milliseconds(200));
//   ticker.add(upload);             // upload->tick(now) until it is gone
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace roofscape::server {

class Ticked {
 public:
  virtual ~Ticked() = default;
  virtual void tick(std::chrono::steady_clock::time_point now) = 0;
};

class Ticker {
 public:
  explicit Ticker(std::chrono::milliseconds interval) : thread_([this, interval] { run(interval); }) {}
  ~Ticker() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  void add(std::weak_ptr<Ticked> ticked) {
    const std::lock_guard lock(mutex_);
    ticked_.push_back(std::move(ticked));
  }

 private:
  void run(std::chrono::milliseconds interval) {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, interval, [this] { return stopped_; })) {
      std::erase_if(ticked_, [](const auto& ticked) { return ticked.expired(); });
      const std::vector<std::weak_ptr<Ticked>> now_ticked = ticked_;
      lock.unlock();
      for (const auto& weak : now_ticked)
        if (const auto ticked = weak.lock()) ticked->tick(std::chrono::steady_clock::now());
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
  std::vector<std::weak_ptr<Ticked>> ticked_;
  std::thread thread_;  // last: it uses what stands above
};

}  // namespace roofscape::server
