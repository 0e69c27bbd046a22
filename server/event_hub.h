// Numbered events of explorations, for any number of watchers that come, go and come back.
//
//   hub.publish("e1", event);                     // numbered here; wakes the watchers of e1
//   hub.watch("e1", watcher);                     // watcher->wake() after each event, from the publisher's thread
//   auto event = hub.next("e1", after_sequence);  // what watchers ask for, at their own pace
//
// Publishers never wait: a watcher pulls. The last events are kept; one who comes back for an older one, or knows a
// number that this hub never gave, gets the state as it is instead. Numbers grow without gaps while the daemon lives,
// and jump ahead when it starts again, so that no number ever means two events.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "roofscape/v1/exploration.pb.h"

namespace roofscape::server {

class Watcher {
 public:
  virtual ~Watcher() = default;
  // Something may be there to pull. Must not block nor call back into publish().
  virtual void wake() = 0;
};

class EventHub {
 public:
  explicit EventHub(std::int64_t kept) : kept_(static_cast<std::size_t>(kept)) {}

  // Makes an exploration known with its stored state, unless it is known already.
  void open(const v1::Exploration& exploration);
  // Numbers the event and keeps it. The exploration must be open.
  void publish(const std::string& id, v1::ExplorationEvent event);
  // Forgets a deleted exploration.
  void close(const std::string& id);

  // The first event after `after`; without one, nothing. `after` 0, or a number that is no longer or was never there:
  // the state as it is, without evaluations.
  std::optional<v1::ExplorationEvent> next(const std::string& id, std::int64_t after) const;
  std::int64_t last_sequence(const std::string& id) const;
  void watch(const std::string& id, const std::weak_ptr<Watcher>& watcher);

  // Nothing more will come: the daemon stops. Wakes all watchers.
  void shut();
  bool is_shut() const;

 private:
  struct Topic {
    std::deque<v1::ExplorationEvent> events;  // the newest last; never empty
    std::vector<std::weak_ptr<Watcher>> watchers;
  };

  const std::size_t kept_;
  mutable std::mutex mutex_;
  std::map<std::string, Topic, std::less<>> topics_;
  bool shut_ = false;
};

// An event that says where an exploration stands.
v1::ExplorationEvent state_event(const v1::Exploration& exploration);
// Whether nothing follows unless a person acts: succeeded, failed or cancelled.
bool is_final(v1::ExplorationState state);

}  // namespace roofscape::server
