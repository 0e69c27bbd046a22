// Where the bench's explorations put their results: into a trace, and their measurements into a memory.
//
//   Recorder recorder(job_file, memory, trace);
//   explore::Explorer explorer(job, job_file.engine, recorder);
//
// Images and seconds are told as if nothing had been remembered: a measurement that another run paid for counts as what
// it took then.
#pragma once

#include <chrono>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analytics/explore/explorer.h"
#include "tests/bench/yardstick/job_file.h"
#include "tests/bench/yardstick/measurement_memory.h"
#include "tests/bench/yardstick/trace.h"

namespace roofscape::bench {

class Recorder final : public explore::Sink {
 public:
  // All of them outlive the recorder, whose clock starts here. Where `images` are given, the exploration goes on beyond
  // its number of evaluations until so many have been seen: a race that spares images buys evaluations with them.
  Recorder(const JobFile& file, MeasurementMemory& memory, Trace& trace, std::int64_t images = 0);

  std::optional<explore::Measured> find_measurement(const Digest& network_key) override;
  std::optional<engine::Counts> find_evaluated(std::int64_t) override { return std::nullopt; }
  // Choices alone, on the first so many calibration images.
  std::optional<engine::Counts> find_probe(const Digest& network_key, std::int64_t images) override;
  Status store_probes(const std::vector<std::pair<Digest, engine::Counts>>& probes, std::int64_t images) override;
  void boxes(const std::vector<explore::FrontBox>& boxes) override { trace_.set_boxes(boxes); }
  Status store(const std::vector<explore::Evaluation>& evaluations, const explore::Progress& progress) override;
  void progress(const explore::Progress&) override {}
  explore::Goal goal() override;
  std::int64_t stored_before() override { return 0; }

 private:
  using Clock = std::chrono::steady_clock;
  Digest memory_key(const Digest& network_key) const;
  Digest probe_key(const Digest& network_key, std::int64_t images) const;
  // Counts a measurement of so many images, and its share of what took `whole` seconds for more of them, the first time
  // that the run needs it.
  void spend(const Digest& key, std::int64_t images, const Remembered& whole);
  double since(Clock::time_point start) const { return std::chrono::duration<double>(Clock::now() - start).count(); }

  const JobFile& file_;
  const std::string fingerprint_;
  const std::int64_t images_wanted_;
  MeasurementMemory& memory_;
  Trace& trace_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point asked_;                                    // for the last measurement of a batch
  std::unordered_set<Digest, DigestHash> missing_;             // networks of the batch that the engine measures now
  std::optional<Clock::time_point> probing_;                   // since the first probe that nobody remembered
  std::unordered_map<Digest, std::int64_t, DigestHash> paid_;  // images of measurements that the run has counted
  std::int64_t images_ = 0;
  double measuring_ = 0;   // seconds that this run's engine took
  double attributed_ = 0;  // seconds that its measurements took, whoever ran them
};

}  // namespace roofscape::bench
