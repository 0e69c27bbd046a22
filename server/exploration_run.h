// One exploration on a thread of the queue.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "server/exploration_queue.h"
#include "server/exploration_sink.h"

namespace roofscape::server {

// "RUNNING", for messages.
inline std::string state_word(const v1::Exploration& exploration) {
  return v1::ExplorationState_Name(exploration.state());
}

struct ExplorationQueue::Run {
  explicit Run(std::string exploration) : id(std::move(exploration)) {}

  const std::string id;
  CancelToken token;
  std::mutex mutex;  // guards `sink` against extend() while it comes and goes
  ExplorationSink* sink = nullptr;
  std::int64_t told = 0;  // evaluations that the explorer knew to be wanted when it ended
};

}  // namespace roofscape::server
