// Follows an exploration until it rests, through the server's absences: a watch that breaks is taken up again after the
// last event seen, with growing pauses, for a bounded time.
#pragma once

#include <functional>
#include <string>

#include "analytics/base/cancel.h"
#include "client/rpc/daemon.h"

namespace roofscape::client {

struct FollowOptions {
  std::int64_t after_sequence = 0;
  bool include_evaluations = false;
  double patience_seconds = 120;                      // without any sign of the server
  std::function<void(double seconds)> sleep;          // between attempts
  std::function<void(const std::string& line)> note;  // "the server went away …"
  std::function<void(const v1::ExplorationEvent&)> take;
};

// The last event, whose state is a resting one; CANCELLED when `cancel` was set; UNAVAILABLE when patience ran out.
Result<v1::ExplorationEvent> follow(rpc::Daemon& daemon, const std::string& name, const FollowOptions& options,
                                    const CancelToken& cancel);

}  // namespace roofscape::client
