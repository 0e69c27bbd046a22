// One run of a job for strategies that are no searchers of Roofscape: they name points and get what the same engine and
// the same cost model say of them, at the same count of images.
//
//   RS_ASSIGN(const auto lab, Lab::create(file, memory, trace));     // measures the base network
//   RS_ASSIGN(auto outcomes, lab->measure({point}));                 // on all images: joins the trace
//   RS_ASSIGN(auto counts, lab->sample({point}, 128));               // on a few calibration images
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "analytics/explore/candidate_builder.h"
#include "analytics/explore/price_list.h"
#include "analytics/explore/scoring.h"
#include "analytics/explore/space.h"
#include "tests/bench/yardstick/job_file.h"
#include "tests/bench/yardstick/measurement_memory.h"
#include "tests/bench/yardstick/trace.h"

namespace roofscape::bench {

class Lab {
 public:
  // All of them outlive the lab, whose clock starts here.
  static Result<std::unique_ptr<Lab>> create(const JobFile& file, MeasurementMemory& memory, Trace& trace);

  const explore::Space& space() const { return *space_; }
  const explore::Scoring& scoring() const { return *scoring_; }
  const std::vector<explore::FrontBox>& boxes() const { return boxes_; }
  search::Priced price(const search::Point& point) { return prices_->of(point); }
  // The base network's, which every run measures first.
  const search::Outcome& base() const { return *base_; }

  // In order, as one merged graph with the base network.
  Result<std::vector<search::Outcome>> measure(std::span<const search::Point> points);
  // What the points score on so many calibration images, evenly spread, against the base network. Costs those images;
  // joins no front.
  Result<std::vector<engine::Counts>> sample(std::span<const search::Point> points, std::int64_t images);

  // Images seen by candidates, each different network's counted once, those of samples included.
  std::int64_t images() const { return images_; }
  std::int64_t images_of_a_measurement() const { return file_.prepared.job.evaluation.count; }

 private:
  struct Images {
    const Dataset& data;
    Digest key;
  };
  using Clock = std::chrono::steady_clock;

  Lab(const JobFile& file, MeasurementMemory& memory, Trace& trace);
  Status prepare();
  Result<std::vector<engine::Counts>> counts(std::span<const Network> networks, const Images& images);
  Result<std::vector<search::Outcome>> scored(std::span<const Network> networks, std::span<const search::Point> points);

  const JobFile& file_;
  const explore::Job& job_;
  engine::Engine engine_;
  MeasurementMemory& memory_;
  Trace& trace_;
  const Clock::time_point start_ = Clock::now();

  std::optional<explore::Space> space_;
  std::optional<explore::CandidateBuilder> builder_;
  std::optional<explore::PlatformPrices> platforms_;
  std::optional<explore::Scoring> scoring_;
  std::optional<explore::PriceList> prices_;
  std::vector<explore::FrontBox> boxes_;
  std::optional<search::Outcome> base_;

  std::unordered_set<Digest, DigestHash> paid_;  // measurements that the run has counted
  std::int64_t images_ = 0;
  double measuring_ = 0;   // seconds that this run's engine took
  double attributed_ = 0;  // seconds that its measurements took, whoever ran them
};

}  // namespace roofscape::bench
