// The loop of one exploration: measure what each choice does alone, then ask, rewrite, price, measure, tell, archive.
// It does no I/O: what it finds leaves through a Sink, and what was found before comes in through the same one.
//
//   Explorer explorer(job, engine_options, sink);
//   Status status = explorer.run(cancel);     // ok: finished; kCancelled: stopped between batches
//
// Resuming after a crash replays the search: the searcher is asked again from the start with the same seed, and every
// answer that the sink already knows is told to it without being measured again. So an interrupted run and an
// undisturbed one end in the same front.
//
// Evaluation 0 is the base network; then come batches of a tenth of Job::evaluations (5 to 20), each stored whole. An
// exploration that is extended later asks the same questions as one that wanted as many from the start. Methods are
// applied with Job::seed (approx::apply_recipe(base, recipe, job.seed) gives the network of an evaluation again).
//
// Where a rule requires its methods the base network is no candidate: it is measured as what candidates are compared
// with, and is infeasible.
//
// A candidate that does not fit a platform (Fit::kNo) is on none of that platform's fronts; one that fits none of
// them is infeasible. The mean hypervolume of Progress is taken in the boxes of front_box.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analytics/approx/method.h"
#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "analytics/cost/estimate.h"
#include "analytics/engine/engine.h"
#include "analytics/explore/front_box.h"
#include "analytics/explore/sensitivity.h"
#include "analytics/explore/space.h"
#include "analytics/network/dataset.h"
#include "analytics/network/network.h"
#include "analytics/search/objective.h"

namespace roofscape::explore {

// A platform of the job, by id, with what the cost model needs.
struct NamedPlatform {
  std::string id;
  std::shared_ptr<const v1::Platform> platform;
};

// A point of the job's space that was measured before, on all of its evaluation images.
struct KnownCandidate {
  search::Point point;
  engine::Counts counts;
};

struct Job {
  Network network;  // the base, fp32
  Preparation preparation;
  Dataset calibration, evaluation;  // never overlap
  std::vector<NamedPlatform> platforms;
  std::vector<Rule> rules;
  std::vector<search::Objective> objectives;
  std::vector<search::Constraint> constraints;
  std::string searcher = "surrogate";
  std::uint64_t seed = 1;
  std::int64_t evaluations = 200;  // stop after so many
  double plateau = 0;      // stop when the hypervolume grew by less than this share over the last quarter; 0: never
  double seconds = 0;      // stop after so long; 0: never (breaks "same seed, same run"); both: stopping.h
  std::int64_t batch = 1;  // images priced together
  // With which a candidate must be out before it is measured on no more images (race.h); 1: all see all images.
  double racing = 0.999;
  // Searchers that learn do so from these before anything is measured. Part of what makes a run: equal jobs, equal
  // runs.
  std::vector<KnownCandidate> known{};
};

// What a network did on the images that it saw, and what stood at the looks before (race.h).
struct Measured {
  engine::Counts counts;
  std::vector<engine::Counts> looks{};
};

// One candidate, measured and priced.
struct Evaluation {
  std::int64_t index = 0;  // 0 is the base network; then in the order of asking
  search::Point point;     // empty for the base
  approx::Recipe recipe;
  Digest network_key;                     // of what was measured
  engine::Counts counts;                  // on all images, or on fewer where it was out: then it is on no front
  std::vector<engine::Counts> looks;      // where it was measured now
  std::vector<cost::Estimate> estimates;  // one a platform of the job
  std::int64_t macs = 0;                  // multiply-accumulates of the network for one image
  // Of the job's constraints, added up, each relative to its limit, plus 1 if no platform fits, plus 1 for a base
  // network that is no point of the space; 0: feasible.
  double violation = 0;
};

// What is being measured.
enum class Activity { kNothing, kSensitivities, kCandidates };

// How far a run is.
struct Progress {
  std::int64_t evaluations_done = 0, evaluations_total = 0;
  // Images of the batch of candidates being measured, or choices whose sensitivity is.
  std::int64_t images_done = 0, images_total = 0;
  std::int64_t rejected_unmeasured = 0;  // different points that the searcher dropped because of their price
  double hypervolume = 0;                // mean over platforms, normalised
  std::optional<double> best_top1;       // among feasible ones
  double seconds = 0;
  std::int64_t images = 0;  // taken through networks that nobody had measured before, sensitivities included
  // Spearman's, between forecast and measured damage of candidates; nothing for fewer than eight.
  std::optional<double> rank_correlation;
  Activity activity = Activity::kNothing;
};

// How far an exploration is to go.
struct Goal {
  std::int64_t evaluations = 0;  // the larger of this and Job::evaluations counts
  std::int64_t extended_at = 0;  // evaluations that were there when a person last extended it; 0: never
};

// Where results go and where earlier ones come from. Called from one thread at a time.
class Sink : public ProbeStore {
 public:
  // A measurement of (network, data, engine) made before, by anyone; nothing if there is none.
  virtual std::optional<Measured> find_measurement(const Digest& network_key) = 0;
  // Counts of an evaluation that was stored before this run; called for indices below stored_before() only.
  virtual std::optional<engine::Counts> find_evaluated(std::int64_t index) = 0;
  // Told once a run, before anything is stored: where the hypervolume of each front is taken. To be kept with the first
  // evaluations that are stored.
  virtual void boxes(const std::vector<FrontBox>& boxes) = 0;
  // Told once a run, where sensitivities are measured. To be kept with the evaluations that are stored next.
  virtual void sensitive(const SensitiveLayers&) {}
  // Must be durable when it returns; the evaluations of one batch together, in order, with how things stand then. May
  // be called again with evaluations that are already stored (after a crash): an equal one is ignored, a different one
  // is kInternal.
  virtual Status store(const std::vector<Evaluation>& evaluations, const Progress& progress) = 0;
  virtual void progress(const Progress& progress) = 0;
  // Changed by `extend` while the exploration runs; looked at after each batch.
  virtual Goal goal() = 0;
  // Evaluations that were stored before this run: it goes through them again.
  virtual std::int64_t stored_before() = 0;
};

// Validates everything that can be known before measuring: knob ranges, layers, objectives, constraints, platforms'
// figures, and that at least one point's price can hold the constraints. Field paths are those of ExplorationSpec.
Status validate(const Job& job);

// Where a run's time went, in seconds of the clock. What is left of the total is calibration and bookkeeping.
struct Profile {
  double measuring = 0;      // candidates, in the engine
  double sensitivities = 0;  // what each choice does alone: rewriting and engine
  double proposing = 0;      // the searcher, with the rewriting and the prices of the candidates that it looks at
  double rewriting = 0;      // candidates that are to be measured
  double storing = 0;
  double total = 0;
};

class Explorer {
 public:
  Explorer(const Job& job, engine::EngineOptions engine, Sink& sink);
  Status run(const CancelToken& cancel);
  // Of the last run.
  const Profile& profile() const { return profile_; }

 private:
  Profile profile_;
  const Job& job_;
  engine::EngineOptions engine_;
  Sink& sink_;
};

// Value of one metric for an evaluation on the platform with this index (ignored by metrics without platform); nothing
// when the estimate lacks the figure.
std::optional<double> metric_value(search::Metric metric, const engine::Counts& counts, const Network* network,
                                   const cost::Estimate* estimate);

}  // namespace roofscape::explore
