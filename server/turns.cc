#include "server/turns.h"

#include <algorithm>

namespace roofscape::server {

bool Turns::take(const Seat* seat, const CancelToken& cancel) {
  std::unique_lock lock(mutex_);
  return holder_ == seat || wait_for_turn(seat, cancel, lock);
}

bool Turns::pass(const Seat* seat, const CancelToken& cancel) {
  std::unique_lock lock(mutex_);
  if (holder_ != seat) return wait_for_turn(seat, cancel, lock);
  if (waiting_.empty() || Clock::now() - since_ < slice_) return !cancel.cancelled();
  holder_ = nullptr;
  // Behind those who wait already: the front of the queue goes first.
  changed_.notify_all();
  return wait_for_turn(seat, cancel, lock);
}

void Turns::leave(const Seat* seat) {
  const std::lock_guard lock(mutex_);
  if (holder_ != seat) return;
  holder_ = nullptr;
  changed_.notify_all();
}

bool Turns::wait_for_turn(const Seat* seat, const CancelToken& cancel, std::unique_lock<std::mutex>& lock) {
  waiting_.push_back(seat);
  const auto my_turn = [&] { return cancel.cancelled() || (holder_ == nullptr && waiting_.front() == seat); };
  // The time-out only guards against a token that was raised without wake().
  while (!changed_.wait_for(lock, std::chrono::milliseconds(100), my_turn)) {
  }
  waiting_.erase(std::find(waiting_.begin(), waiting_.end(), seat));
  if (cancel.cancelled()) {
    changed_.notify_all();  // somebody else may be in front now
    return false;
  }
  holder_ = seat;
  since_ = Clock::now();
  return true;
}

}  // namespace roofscape::server
