#include "server/event_hub.h"

#include <utility>

namespace roofscape::server {
namespace {

// More events than anybody publishes between two writes of an exploration to the store.
constexpr std::int64_t kRestartJump = 1'000'000;
// Of a finished exploration only the last events stay.
constexpr std::size_t kKeptWhenFinal = 64;

std::vector<std::shared_ptr<Watcher>> living(std::vector<std::weak_ptr<Watcher>>* watchers) {
  std::vector<std::shared_ptr<Watcher>> found;
  std::erase_if(*watchers, [&](const std::weak_ptr<Watcher>& weak) {
    if (auto watcher = weak.lock()) {
      found.push_back(std::move(watcher));
      return false;
    }
    return true;
  });
  return found;
}

}  // namespace

bool is_final(v1::ExplorationState state) {
  return state == v1::SUCCEEDED || state == v1::FAILED || state == v1::CANCELLED;
}

v1::ExplorationEvent state_event(const v1::Exploration& exploration) {
  v1::ExplorationEvent event;
  event.set_state(exploration.state());
  event.set_evaluation_count(exploration.evaluation_count());
  event.set_evaluations_wanted(exploration.evaluations_wanted());
  event.set_hypervolume(exploration.hypervolume());
  if (exploration.has_best_top1()) event.set_best_top1(exploration.best_top1());
  event.set_error_message(exploration.error_message());
  return event;
}

void EventHub::open(const v1::Exploration& exploration) {
  const std::string id = exploration.name().substr(exploration.name().rfind('/') + 1);
  const std::lock_guard lock(mutex_);
  if (topics_.contains(id)) return;
  v1::ExplorationEvent event = state_event(exploration);
  event.set_sequence(exploration.last_sequence() == 0 ? 1 : exploration.last_sequence() + kRestartJump);
  topics_[id].events.push_back(std::move(event));
}

void EventHub::publish(const std::string& id, v1::ExplorationEvent event) {
  std::vector<std::shared_ptr<Watcher>> awake;
  {
    const std::lock_guard lock(mutex_);
    const auto at = topics_.find(id);
    if (at == topics_.end()) return;
    Topic& topic = at->second;
    event.set_sequence(topic.events.back().sequence() + 1);
    const std::size_t most = is_final(event.state()) ? std::min(kept_, kKeptWhenFinal) : kept_;
    topic.events.push_back(std::move(event));
    while (topic.events.size() > most) topic.events.pop_front();
    awake = living(&topic.watchers);
  }
  for (const auto& watcher : awake) watcher->wake();
}

void EventHub::close(const std::string& id) {
  const std::lock_guard lock(mutex_);
  topics_.erase(id);
}

std::optional<v1::ExplorationEvent> EventHub::next(const std::string& id, std::int64_t after) const {
  const std::lock_guard lock(mutex_);
  const auto at = topics_.find(id);
  if (at == topics_.end()) return std::nullopt;
  const auto& events = at->second.events;
  const std::int64_t first = events.front().sequence(), last = events.back().sequence();
  if (after == last) return std::nullopt;
  if (after + 1 >= first && after < last && after > 0) return events[static_cast<std::size_t>(after + 1 - first)];
  v1::ExplorationEvent state = events.back();
  state.clear_evaluations();
  return state;
}

std::int64_t EventHub::last_sequence(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto at = topics_.find(id);
  return at == topics_.end() ? 0 : at->second.events.back().sequence();
}

void EventHub::watch(const std::string& id, const std::weak_ptr<Watcher>& watcher) {
  const std::lock_guard lock(mutex_);
  const auto at = topics_.find(id);
  if (at != topics_.end()) at->second.watchers.push_back(watcher);
}

void EventHub::shut() {
  std::vector<std::shared_ptr<Watcher>> awake;
  {
    const std::lock_guard lock(mutex_);
    shut_ = true;
    for (auto& [id, topic] : topics_)
      for (auto& watcher : living(&topic.watchers)) awake.push_back(std::move(watcher));
  }
  for (const auto& watcher : awake) watcher->wake();
}

bool EventHub::is_shut() const {
  const std::lock_guard lock(mutex_);
  return shut_;
}

}  // namespace roofscape::server
