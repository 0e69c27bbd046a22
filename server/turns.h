// Turns at the engine: explorations, and whoever times the engine itself, share the workers by measuring one after the
// other, a slice of time each.
//
//   Turns turns(std::chrono::milliseconds(250));
//   Turns::Seat seat(turns);
//   seat.take(cancel);          // waits for its turn; false if cancelled meanwhile
//   seat.pass(cancel);          // between steps: gives way if its slice is over and another waits
//   seat.leave();               // while it does not need the engine
//
// First come, first served, round and round: with n of them each has the engine for 1/n of the time. Stand-alone
// evaluations take no turns: they run beside, and the operating system shares the processors.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "analytics/base/cancel.h"

namespace roofscape::server {

class Turns {
 public:
  explicit Turns(std::chrono::milliseconds slice) : slice_(slice) {}

  class Seat {
   public:
    explicit Seat(Turns& turns) : turns_(turns) {}
    ~Seat() { leave(); }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    bool take(const CancelToken& cancel) { return turns_.take(this, cancel); }
    bool pass(const CancelToken& cancel) { return turns_.pass(this, cancel); }
    void leave() { turns_.leave(this); }

   private:
    Turns& turns_;
  };

  // Wakes those who wait, so that they see that they were cancelled.
  void wake() { changed_.notify_all(); }

 private:
  using Clock = std::chrono::steady_clock;

  bool take(const Seat* seat, const CancelToken& cancel);
  bool pass(const Seat* seat, const CancelToken& cancel);
  void leave(const Seat* seat);
  bool wait_for_turn(const Seat* seat, const CancelToken& cancel, std::unique_lock<std::mutex>& lock);

  const std::chrono::milliseconds slice_;
  std::mutex mutex_;
  std::condition_variable changed_;
  const Seat* holder_ = nullptr;
  Clock::time_point since_;
  std::deque<const Seat*> waiting_;
};

}  // namespace roofscape::server
