// Where an exploration's results go: into the store, before they count, and on to the watchers.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "analytics/explore/explorer.h"
#include "server/backend.h"
#include "server/event_hub.h"
#include "server/probe_store.h"
#include "server/turns.h"

namespace roofscape::server {

struct SinkPlace {
  Backend& backend;
  EventHub& hub;
  Turns& turns;
  std::string id;          // of the exploration
  Digest base, data;       // parts of every MeasurementKey
  Digest calibration;      // of the calibration images
  std::int64_t batch = 1;  // images priced together
  const CancelToken& cancel;
};

class ExplorationSink : public explore::Sink {
 public:
  // `exploration`: as it is stored when the run begins.
  ExplorationSink(const SinkPlace& place, const explore::Job& job, const v1::Exploration& exploration);

  std::optional<explore::Measured> find_measurement(const Digest& network_key) override;
  std::optional<engine::Counts> find_evaluated(std::int64_t index) override;
  std::optional<engine::Counts> find_probe(const Digest& network_key, std::int64_t images) override;
  Status store_probes(const std::vector<std::pair<Digest, engine::Counts>>& probes, std::int64_t images) override;
  void boxes(const std::vector<explore::FrontBox>& boxes) override;
  void sensitive(const explore::SensitiveLayers& layers) override;
  Status store(const std::vector<explore::Evaluation>& evaluations, const explore::Progress& progress) override;
  void progress(const explore::Progress& progress) override;
  explore::Goal goal() override;
  std::int64_t stored_before() override { return stored_before_; }

  // From any thread, while it runs: `extend`.
  void want(const explore::Goal& goal);
  // The number of evaluations that the explorer was told last.
  std::int64_t told() const { return told_.load(); }
  // Writes what is known into the exploration's counters.
  void update(v1::Exploration* exploration) const;

 private:
  v1::Evaluation message(const explore::Evaluation& evaluation) const;
  void know(const explore::Progress& progress);
  v1::ExplorationEvent event() const;

  const SinkPlace place_;
  const explore::Job& job_;
  const std::string fingerprint_;
  StoredProbes probes_;
  Turns::Seat seat_;
  const std::int64_t stored_before_;
  mutable std::mutex goal_mutex_;
  explore::Goal goal_;
  std::atomic<std::int64_t> told_;
  v1::Exploration known_;  // counters as they are now
  explore::Progress progress_;
  std::chrono::steady_clock::time_point last_event_;
  std::vector<Digest> unknown_;  // networks of this batch that nobody had measured
};

}  // namespace roofscape::server
