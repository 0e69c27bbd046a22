#include "server/exploration_queue.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

#include "analytics/base/text.h"
#include "server/earlier_candidates.h"
#include "server/exploration_job.h"
#include "server/exploration_run.h"
#include "server/names.h"

namespace roofscape::server {
namespace {

constexpr std::int64_t kManyTasks = 10'000'000;
constexpr std::chrono::seconds kLongestStop{30};

}  // namespace

ExplorationQueue::ExplorationQueue(Backend& backend, EventHub& hub)
    : backend_(backend),
      hub_(hub),
      turns_(backend.turns),
      pool_(static_cast<int>(backend.settings.parallel_explorations), kManyTasks) {}

ExplorationQueue::~ExplorationQueue() { drain(); }

Status ExplorationQueue::recover() {
  RS_ASSIGN(const auto ids, backend_.store->recover());
  db::Page page{1000, ""};
  do {
    RS_ASSIGN(auto listed, backend_.store->list_explorations(page));
    for (const v1::Exploration& exploration : listed.rows) {
      hub_.open(exploration);
      const std::string_view name = exploration.name();
      const auto number = parse_int(name.substr(std::min(name.size(), kExplorations.size() + 2)));
      if (number && *number >= next_number_ && *number < kManyTasks) next_number_ = *number + 1;
    }
    page.token = listed.next_token;
  } while (!page.token.empty());
  const std::lock_guard lock(mutex_);
  waiting_.assign(ids.begin(), ids.end());
  return {};
}

void ExplorationQueue::start() {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < waiting_.size(); ++i) (void)pool_.post([this] { work(); });
}

Result<v1::Exploration> ExplorationQueue::create(const v1::CreateExplorationRequest& request) {
  const v1::ExplorationSpec& spec = request.spec();
  if (!spec.id().empty()) RS_TRY(check_new_id("exploration", spec.id(), "id"));
  if (busy() >= backend_.settings.queued_explorations)
    return resource_exhausted("{} explorations are queued or running (setting queued_explorations); wait or cancel one",
                              backend_.settings.queued_explorations);
  RS_ASSIGN(const PreparedJob prepared, prepare_job(backend_, spec));

  v1::Exploration exploration;
  *exploration.mutable_spec() = spec;
  exploration.set_state(v1::QUEUED);
  exploration.set_evaluations_wanted(prepared.job.evaluations);
  exploration.set_space_size(prepared.space_size);
  for (const auto& [what, key] : prepared.content_keys) (*exploration.mutable_content_keys())[what] = key;
  RS_ASSIGN(const auto known, earlier_candidates(backend_, spec, prepared));
  exploration.mutable_known()->Assign(known.begin(), known.end());

  const std::lock_guard lock(control_);
  RS_ASSIGN(v1::Exploration stored, store_new(std::move(exploration), request));
  const std::string id = stored.name().substr(kExplorations.size() + 1);
  hub_.open(stored);
  if (stored.state() == v1::QUEUED) enqueue(id);
  overlay(&stored);
  return stored;
}

// Stores under the id asked for, or the next free number. A request id that was seen before answers with what it made.
Result<v1::Exploration> ExplorationQueue::store_new(v1::Exploration exploration,
                                                    const v1::CreateExplorationRequest& request) {
  const std::string& asked = request.spec().id();
  for (;;) {
    const std::string id = asked.empty() ? fmt::format("e{}", next_number_) : asked;
    exploration.set_name(resource_name(kExplorations, id));
    exploration.mutable_spec()->set_id(id);
    auto stored = backend_.store->create_exploration(exploration, request.request_id());
    if (stored.ok() && stored->name() == exploration.name() && asked.empty()) ++next_number_;  // never given again
    if (stored.ok() || !asked.empty() || stored.status().code() != Code::kAlreadyExists) return stored;
    ++next_number_;
  }
}

Result<v1::Exploration> ExplorationQueue::get(const std::string& id) {
  RS_ASSIGN(v1::Exploration exploration, backend_.store->get_exploration(id));
  overlay(&exploration);
  return exploration;
}

void ExplorationQueue::overlay(v1::Exploration* exploration) const {
  const std::string id = exploration->name().substr(kExplorations.size() + 1);
  if (const std::int64_t last = hub_.last_sequence(id); last > 0) exploration->set_last_sequence(last);
  const std::lock_guard lock(mutex_);
  const auto failure = unsaved_failures_.find(id);
  if (failure == unsaved_failures_.end()) return;
  exploration->set_state(v1::FAILED);
  exploration->set_error_message(failure->second);
}

// Changes the stored exploration and tells its watchers.
Result<v1::Exploration> ExplorationQueue::change(const std::string& id,
                                                 const std::function<Status(v1::Exploration&)>& edit) {
  bool changed = false;
  RS_ASSIGN(v1::Exploration exploration, backend_.store->update_exploration(id, [&](v1::Exploration& stored) -> Status {
    const v1::ExplorationState before = stored.state();
    const std::int64_t wanted = stored.evaluations_wanted();
    RS_TRY(edit(stored));
    changed = stored.state() != before || stored.evaluations_wanted() != wanted;
    stored.set_last_sequence(std::max(stored.last_sequence(), hub_.last_sequence(id) + 1));
    return {};
  }));
  hub_.open(exploration);
  if (changed) hub_.publish(id, state_event(exploration));
  overlay(&exploration);
  return exploration;
}

Result<v1::Exploration> ExplorationQueue::pause(const std::string& id) {
  const std::lock_guard lock(control_);
  RS_ASSIGN(v1::Exploration exploration, change(id, [&](v1::Exploration& stored) -> Status {
              if (stored.state() != v1::QUEUED && stored.state() != v1::RUNNING && stored.state() != v1::PAUSED)
                return failed_precondition("exploration '{}' is {}; only a queued or running one can be paused", id,
                                           state_word(stored));
              stored.set_state(v1::PAUSED);
              return {};
            }));
  stop_run(id);
  return exploration;
}

Result<v1::Exploration> ExplorationQueue::resume(const std::string& id) {
  const std::lock_guard lock(control_);
  bool unsaved = false;
  {
    const std::lock_guard state(mutex_);
    unsaved = unsaved_failures_.erase(id) > 0;
  }
  RS_ASSIGN(v1::Exploration exploration, change(id, [&](v1::Exploration& stored) -> Status {
              if (stored.state() == v1::SUCCEEDED)
                return failed_precondition("exploration '{}' has SUCCEEDED; extend it by more evaluations instead", id);
              if (stored.state() == v1::CANCELLED)
                return failed_precondition("exploration '{}' is CANCELLED for good; create a new one", id);
              if (stored.state() == v1::PAUSED || stored.state() == v1::FAILED || unsaved) stored.set_state(v1::QUEUED);
              stored.clear_error_message();
              return {};
            }));
  if (exploration.state() == v1::QUEUED) enqueue(id);
  return exploration;
}

Result<v1::Exploration> ExplorationQueue::cancel(const std::string& id) {
  const std::lock_guard lock(control_);
  RS_ASSIGN(v1::Exploration exploration, change(id, [&](v1::Exploration& stored) -> Status {
              if (stored.state() == v1::SUCCEEDED)
                return failed_precondition("exploration '{}' has SUCCEEDED; there is nothing to cancel", id);
              stored.set_state(v1::CANCELLED);
              return {};
            }));
  stop_run(id);
  return exploration;
}

Result<v1::Exploration> ExplorationQueue::extend(const std::string& id, std::int64_t evaluations) {
  const std::int64_t most = backend_.settings.exploration_evaluations;
  if (evaluations < 1 || evaluations > most)
    return out_of_range("evaluations is {}; use 1 to {}", evaluations, most).at("evaluations");
  const std::lock_guard lock(control_);
  RS_ASSIGN(v1::Exploration exploration, change(id, [&](v1::Exploration& stored) -> Status {
              if (stored.state() == v1::CANCELLED)
                return failed_precondition("exploration '{}' is CANCELLED for good; create a new one", id);
              if (stored.evaluations_wanted() > most - evaluations)
                return out_of_range("{} evaluations and {} more are beyond {} (setting exploration_evaluations)",
                                    stored.evaluations_wanted(), evaluations, most)
                    .at("evaluations");
              stored.set_evaluations_wanted(stored.evaluations_wanted() + evaluations);
              stored.set_extended_at(stored.evaluation_count());
              if (stored.state() == v1::SUCCEEDED) stored.set_state(v1::QUEUED);
              return {};
            }));
  {
    const std::lock_guard state(mutex_);
    if (const auto at = running_.find(id); at != running_.end()) {
      const std::lock_guard sink(at->second->mutex);
      if (at->second->sink != nullptr)
        at->second->sink->want({exploration.evaluations_wanted(), exploration.extended_at()});
    }
  }
  if (exploration.state() == v1::QUEUED) enqueue(id);
  return exploration;
}

Status ExplorationQueue::remove(const std::string& id) {
  const std::lock_guard lock(control_);
  RS_ASSIGN(const v1::Exploration exploration, get(id));
  if (!is_final(exploration.state()))
    return failed_precondition("exploration '{}' is {}; cancel it before you delete it", id, state_word(exploration));
  if (!wait_until_stopped(id)) return aborted("exploration '{}' is still stopping; try again", id);
  RS_TRY(backend_.store->delete_exploration(id));
  hub_.close(id);
  return {};
}

std::int64_t ExplorationQueue::busy() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::int64_t>(waiting_.size() + running_.size());
}

void ExplorationQueue::enqueue(const std::string& id) {
  {
    const std::lock_guard lock(mutex_);
    if (draining_) return;
    if (std::find(waiting_.begin(), waiting_.end(), id) == waiting_.end()) waiting_.push_back(id);
  }
  // Refused only while draining: then the store's QUEUED is enough.
  (void)pool_.post([this] { work(); });
}

void ExplorationQueue::stop_run(const std::string& id) {
  const std::lock_guard lock(mutex_);
  std::erase(waiting_, id);
  if (const auto at = running_.find(id); at != running_.end()) at->second->token.cancel();
  turns_.wake();
}

bool ExplorationQueue::wait_until_stopped(const std::string& id) {
  std::unique_lock lock(mutex_);
  return stopped_.wait_for(lock, kLongestStop, [&] { return !running_.contains(id); });
}

void ExplorationQueue::drain() {
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    waiting_.clear();
    for (const auto& [id, run] : running_) run->token.cancel();
  }
  turns_.wake();
  pool_.stop();
}

}  // namespace roofscape::server
