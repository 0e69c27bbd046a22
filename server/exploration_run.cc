// The threads of the queue: from QUEUED to RUNNING to an end.
#include "server/exploration_run.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>

#include "analytics/base/text.h"
#include "server/confirmation.h"
#include "server/earlier_candidates.h"
#include "server/exploration_job.h"

namespace roofscape::server {
namespace {

// Progress is told to watchers at most so often.
constexpr std::chrono::milliseconds kBetweenEvents{100};

// Where its time went.
void log_profile(const std::string& id, const explore::Profile& profile) {
  const auto percent = [&](double seconds) { return profile.total > 0 ? 100 * seconds / profile.total : 0; };
  spdlog::info(
      "exploration {} took {:.1f} s: {:.0f} % measuring, {:.0f} % sensitivities, {:.0f} % proposing, {:.0f} % "
      "rewriting, "
      "{:.0f} % storing",
      id, profile.total, percent(profile.measuring), percent(profile.sensitivities), percent(profile.proposing),
      percent(profile.rewriting), percent(profile.storing));
}

}  // namespace

// The first that waits and is not still being stopped by another thread.
std::shared_ptr<ExplorationQueue::Run> ExplorationQueue::take_next() {
  const std::lock_guard lock(mutex_);
  if (draining_) return nullptr;
  const auto next =
      std::find_if(waiting_.begin(), waiting_.end(), [&](const auto& id) { return !running_.contains(id); });
  if (next == waiting_.end()) return nullptr;
  auto run = std::make_shared<Run>(*next);
  waiting_.erase(next);
  running_[run->id] = run;
  return run;
}

void ExplorationQueue::work() {
  const std::shared_ptr<Run> next = take_next();
  if (next) run(next);
}

void ExplorationQueue::run(const std::shared_ptr<Run>& run) {
  bool again = false;
  const auto started = change(run->id, [&](v1::Exploration& stored) -> Status {
    if (stored.state() != v1::QUEUED) return aborted("exploration '{}' is {}", run->id, state_word(stored));
    stored.set_state(v1::RUNNING);
    return {};
  });
  if (started.ok()) {
    Status status;
    try {
      status = explore(*run, *started);
    } catch (const std::bad_alloc&) {
      status = resource_exhausted("there is not enough memory for this exploration");
    } catch (const std::exception& fault) {
      status = internal_error("a fault inside Roofscape, please report it: {}", fault.what());
    }
    again = finish(*run, status);
  } else if (started.status().code() != Code::kAborted) {
    spdlog::error("exploration {} cannot be started: {}", run->id, printable(started.status().message(), 300));
  }
  {
    const std::lock_guard lock(mutex_);
    running_.erase(run->id);
    again = again || !waiting_.empty();
    stopped_.notify_all();
  }
  if (again) (void)pool_.post([this] { work(); });
}

Status ExplorationQueue::explore(Run& run, const v1::Exploration& exploration) {
  spdlog::info("exploration {} runs: {} of {} evaluations are there", run.id, exploration.evaluation_count(),
               exploration.evaluations_wanted());
  RS_ASSIGN(PreparedJob prepared, prepare_job(backend_, exploration.spec()));
  RS_TRY(check_unchanged(exploration, prepared));
  know(exploration, prepared.job);
  ExplorationSink sink({backend_, hub_, turns_, run.id, prepared.network_key, prepared.data_key,
                        prepared.calibration_key, prepared.job.batch, run.token},
                       prepared.job, exploration);
  {
    const std::lock_guard lock(run.mutex);
    run.sink = &sink;
  }
  Status status;
  try {
    explore::Explorer explorer(prepared.job, backend_.engine_options(), sink);
    status = explorer.run(run.token);
    log_profile(run.id, explorer.profile());
  } catch (const std::exception& fault) {
    status = internal_error("a fault inside Roofscape, please report it: {}", fault.what());
  }
  {
    const std::lock_guard lock(run.mutex);
    run.sink = nullptr;
    run.told = sink.told();
  }
  if (!status.ok()) return status;
  // What the explorer told last goes into the stored counters.
  const auto updated = backend_.store->update_exploration(run.id, [&](v1::Exploration& stored) -> Status {
    sink.update(&stored);
    return {};
  });
  if (!updated.ok()) return updated.status();
  return confirm(run, *updated);
}

// The search has ended: its fronts are measured once more, where that is asked for. A run that is stopped here goes
// through its stored evaluations again and comes back to what is not confirmed yet.
Status ExplorationQueue::confirm(Run& run, const v1::Exploration& exploration) {
  Turns::Seat seat(turns_);
  auto last_event = std::chrono::steady_clock::time_point();
  ConfirmationWatch watch;
  watch.begin = [&] { seat.take(run.token); };
  watch.end = [&] { seat.leave(); };
  watch.cancel = &run.token;
  watch.progress = [&](std::int64_t images_done, std::int64_t images_total) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_event >= kBetweenEvents && !run.token.cancelled()) {
      last_event = now;
      v1::ExplorationEvent event = state_event(exploration);
      event.set_images_done(images_done);
      event.set_images_total(images_total);
      event.set_activity("confirmation");
      hub_.publish(run.id, std::move(event));
    }
    seat.pass(run.token);
  };
  return confirm_fronts(backend_, exploration, watch);
}

// Writes how a run ended. True if it is to run again.
bool ExplorationQueue::finish(Run& run, const Status& status) {
  const auto ended = change(run.id, [&](v1::Exploration& stored) -> Status {
    if (stored.state() != v1::RUNNING) return {};  // a person decided meanwhile
    if (status.ok())
      stored.set_state(stored.evaluations_wanted() > run.told ? v1::QUEUED : v1::SUCCEEDED);
    else if (status.code() == Code::kCancelled)
      stored.set_state(v1::QUEUED);
    else
      stored.set_state(v1::FAILED);
    if (stored.state() == v1::FAILED) stored.set_error_message(printable(status.message(), 1000));
    return {};
  });
  if (!ended.ok()) {
    spdlog::error("exploration {}: its end could not be stored: {}", run.id, printable(ended.status().message(), 300));
    const std::string why = printable(status.ok() ? ended.status().message() : status.message(), 1000);
    v1::ExplorationEvent event;
    event.set_state(v1::FAILED);
    event.set_error_message(why);
    {
      const std::lock_guard lock(mutex_);
      unsaved_failures_[run.id] = why;
    }
    hub_.publish(run.id, std::move(event));
    return false;
  }
  spdlog::info("exploration {} is {}{}{}", run.id, state_word(*ended), status.ok() ? "" : ": ",
               printable(status.message(), 300));
  if (ended->state() != v1::QUEUED) return false;
  const std::lock_guard lock(mutex_);
  if (!draining_ && std::find(waiting_.begin(), waiting_.end(), run.id) == waiting_.end()) waiting_.push_back(run.id);
  return !draining_;
}

}  // namespace roofscape::server
