#include "client/follow.h"

#include <algorithm>

#include "client/report/exploration_report.h"

namespace roofscape::client {
namespace {

constexpr double kFirstPause = 0.25, kLongestPause = 5;

// What a broken connection looks like: the server gone, draining, or the stream cut.
bool is_absence(const Status& status) {
  return status.code() == Code::kUnavailable || status.code() == Code::kCancelled || status.code() == Code::kUnknown;
}

}  // namespace

Result<v1::ExplorationEvent> follow(rpc::Daemon& daemon, const std::string& name, const FollowOptions& options,
                                    const CancelToken& cancel) {
  v1::WatchExplorationRequest request;
  request.set_name(name);
  request.set_after_sequence(options.after_sequence);
  request.set_include_evaluations(options.include_evaluations);
  v1::ExplorationEvent last;
  double pause = kFirstPause, absent = 0;
  for (;;) {
    const Status status = daemon.watch_exploration(
        request,
        [&](const v1::ExplorationEvent& event) {
          if (absent > 0) options.note("the server is back");
          absent = 0;
          pause = kFirstPause;
          last = event;
          request.set_after_sequence(event.sequence());
          options.take(event);
        },
        cancel);
    if (cancel.cancelled()) return cancelled("the watch of {} was interrupted", name);
    if (status.ok() && is_resting(last.state())) return last;
    // A server that counts anew after a restart may not know the number yet: take the state as it is.
    if (status.code() == Code::kOutOfRange && request.after_sequence() > 0) {
      request.set_after_sequence(0);
      continue;
    }
    if (!status.ok() && !is_absence(status)) return status;
    if (absent == 0) options.note("the server went away; trying again");
    if (absent >= options.patience_seconds)
      return unavailable("the server at '{}' did not come back within {:.0f} s; {} goes on once it does",
                         daemon.address(), options.patience_seconds, name);
    options.sleep(pause);
    absent += pause;
    pause = std::min(pause * 2, kLongestPause);
    if (cancel.cancelled()) return cancelled("the watch of {} was interrupted", name);
    // Failure shows in the next attempt to watch.
    static_cast<void>(daemon.reconnect());
  }
}

}  // namespace roofscape::client
