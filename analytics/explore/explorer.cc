#include "analytics/explore/explorer.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>

#include "analytics/base/text.h"
#include "analytics/engine/calibrate.h"
#include "analytics/explore/price_list.h"
#include "analytics/explore/problem.h"
#include "analytics/explore/stopping.h"
#include "analytics/network/work.h"

namespace roofscape::explore {
namespace {

Status stopped() { return cancelled("the exploration was stopped before its end"); }

// Adds the time until its end to one entry of a profile.
class Timed {
 public:
  explicit Timed(double& seconds) : seconds_(seconds) {}
  ~Timed() { seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  double& seconds_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// One run of a job: what Explorer::run needs from its first line to its last.
class Run {
 public:
  Run(const Job& job, const engine::EngineOptions& options, Sink& sink, const CancelToken& cancel, Profile& profile)
      : job_(job), options_(options), engine_(options), sink_(sink), cancel_(cancel), profile_(profile) {}

  Status go() {
    const Timed timed(profile_.total);
    RS_TRY(prepare());
    RS_TRY(measure_base());
    RS_ASSIGN(searcher_,
              search::make_searcher(job_.searcher, problem_, job_.seed, space_->points_wanted(job_.evaluations)));
    if (space_->contains_base()) searcher_->tell(outcomes_);
    while (!done()) {
      if (cancel_.cancelled()) return stopped();
      if (pending_.empty() && !ask()) break;
      RS_TRY(measure_pending());
    }
    return {};
  }

 private:
  // A candidate on its way through one batch.
  struct Candidate {
    search::Point point;
    approx::Recipe recipe;
    std::optional<Network> network;
    Digest key;
    std::optional<engine::Counts> counts;
  };

  Status prepare() {
    auto space = Space::create(job_.network, job_.rules);
    if (!space.ok()) {
      Status status = space.status();
      std::string field = "space" + status.field();
      return std::move(status).at(std::move(field));
    }
    space_.emplace(std::move(*space));
    const approx::CalibrationNeeds needs = space_->needs();
    RS_ASSIGN(Calibration calibration,
              engine::calibrate(job_.network, job_.calibration, job_.preparation, options_, &cancel_,
                                {.second_moments = needs.moments, .exit_features = needs.exit_features}));
    builder_.emplace(approx::Draft{job_.network, std::move(calibration)}, job_.seed);
    RS_ASSIGN(PlatformPrices platforms, PlatformPrices::create(job_));
    platforms_.emplace(std::move(platforms));
    RS_ASSIGN(const std::vector<cost::Totals> base, platforms_->totals(job_.network));
    RS_ASSIGN(Scoring scoring, Scoring::create(job_, base));
    scoring_.emplace(std::move(scoring));
    prices_.emplace(*platforms_, *scoring_, *space_, *builder_, options_.threads, &cancel_);
    return {};
  }

  Status measure_base() {
    if (cancel_.cancelled()) return stopped();
    std::vector<Candidate> batch(1);
    batch[0].network = job_.network;
    batch[0].key = job_.network.key();
    RS_TRY(measure(batch));
    RS_ASSIGN(const std::vector<Evaluation> evaluations, scored(batch));
    outcomes_[0].point = space_->base();
    const std::vector<FrontBox> boxes = this->boxes();
    problem_ = make_problem(*scoring_, *space_, *prices_, boxes);
    sink_.boxes(boxes);
    return store(evaluations);
  }

  std::vector<FrontBox> boxes() {
    const Timed timed(profile_.proposing);
    return front_boxes(job_, *scoring_, *space_, *prices_, outcomes_[0]);
  }

  // Always whole batches, whatever is still wanted: what remains of one waits for the exploration to be extended, so
  // that a run in one go and one extended later ask the same questions.
  bool ask() {
    const Timed timed(profile_.proposing);
    const auto size = static_cast<std::size_t>(std::clamp<std::int64_t>(job_.evaluations / 10, 5, 20));
    for (search::Point& point : searcher_->ask(size)) pending_.push_back(std::move(point));
    asked_ = pending_.size();
    return !pending_.empty();
  }

  Status measure_pending() {
    const auto count = static_cast<std::size_t>(std::min<std::int64_t>(std::ssize(pending_), wanted() - evaluated()));
    RS_ASSIGN(std::vector<Candidate> batch, candidates(count));
    RS_TRY(measure(batch));
    RS_ASSIGN(const std::vector<Evaluation> evaluations, scored(batch));
    RS_TRY(store(evaluations));
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
    if (pending_.empty()) searcher_->tell(std::span(outcomes_).last(asked_));
    return {};
  }

  // The first of the pending points, rewritten.
  Result<std::vector<Candidate>> candidates(std::size_t count) {
    const Timed timed(profile_.rewriting);
    std::vector<Candidate> batch;
    for (std::size_t i = 0; i < count; ++i) {
      Candidate& candidate = batch.emplace_back();
      candidate.point = pending_[i];
      candidate.recipe = space_->recipe(candidate.point);
      RS_ASSIGN(candidate.network, prices_->network(candidate.point));
      candidate.key = candidate.network->key();
    }
    return batch;
  }

  // Fills in the counts: from earlier measurements where there are any, else from one merged set with the base network
  // as its reference. Equal networks are measured once.
  Status measure(std::vector<Candidate>& batch) {
    std::vector<const Network*> set = {&job_.network};
    std::map<Digest, std::size_t> places;  // in the set
    for (Candidate& candidate : batch) {
      candidate.counts = sink_.find_measurement(candidate.key);
      if (candidate.counts) continue;
      const bool base = candidate.key == outcomes_key();
      if (places.emplace(candidate.key, base ? 0 : set.size()).second && !base) set.push_back(&*candidate.network);
    }
    if (places.empty()) return {};
    engine::MeasureOptions options;
    options.cancel = &cancel_;
    options.progress = [this](std::int64_t images) { sink_.progress(progress(images, job_.evaluation.count)); };
    const Timed timed(profile_.measuring);
    auto counts = engine_.measure(set, 0, job_.evaluation, job_.preparation, options);
    if (!counts.ok()) return counts.status();
    for (Candidate& candidate : batch)
      if (!candidate.counts) candidate.counts = (*counts)[places.at(candidate.key)];
    return {};
  }

  const Digest& outcomes_key() {
    if (!base_key_) base_key_ = job_.network.key();
    return *base_key_;
  }

  // The candidates as evaluations; their outcomes join the others.
  Result<std::vector<Evaluation>> scored(const std::vector<Candidate>& batch) {
    std::vector<Evaluation> evaluations;
    for (const Candidate& candidate : batch) {
      Evaluation& evaluation = evaluations.emplace_back();
      evaluation.index = evaluated();
      evaluation.point = candidate.point;
      evaluation.recipe = candidate.recipe;
      evaluation.network_key = candidate.key;
      evaluation.counts = *candidate.counts;
      RS_ASSIGN(evaluation.estimates, platforms_->estimates(*candidate.network));
      evaluation.macs = network_work(*candidate.network).macs;
      const std::vector<cost::Totals> totals(evaluation.estimates.begin(), evaluation.estimates.end());
      outcomes_.push_back(scoring_->outcome(*candidate.network, totals, *candidate.counts, candidate.point));
      // Where rules require methods the base network is what candidates are compared with, and none of them.
      if (evaluation.index == 0 && !space_->contains_base()) outcomes_.back().violation += 1;
      evaluation.violation = outcomes_.back().violation;
      const double top1 = engine::metrics(evaluation.counts).top1;
      if (evaluation.violation == 0 && job_.evaluation.labelled())
        best_top1_ = std::max(best_top1_.value_or(top1), top1);
    }
    return evaluations;
  }

  Status store(const std::vector<Evaluation>& evaluations) {
    const Timed timed(profile_.storing);
    hypervolume_ = search::mean_hypervolume(problem_, outcomes_);
    RS_TRY(sink_.store(evaluations, progress(0, 0)));
    sink_.progress(progress(0, 0));
    return {};
  }

  std::int64_t evaluated() const { return std::ssize(outcomes_); }
  std::int64_t wanted(const Goal& goal) const { return std::max(job_.evaluations, goal.evaluations); }
  std::int64_t wanted() { return wanted(sink_.goal()); }
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

  bool done() {
    const Goal goal = sink_.goal();
    if (evaluated() >= wanted(goal)) return true;
    return stopping_.stop(evaluated(), goal.extended_at, [this](std::int64_t first) {
      if (first == evaluated()) return hypervolume_;
      return search::mean_hypervolume(problem_, std::span(outcomes_).first(static_cast<std::size_t>(first)));
    });
  }

  Progress progress(std::int64_t images_done, std::int64_t images_total) {
    Progress progress;
    progress.evaluations_done = evaluated();
    progress.evaluations_total = wanted();
    progress.images_done = images_done;
    progress.images_total = images_total;
    progress.rejected_unmeasured = prices_->rejected();
    progress.hypervolume = hypervolume_;
    progress.best_top1 = best_top1_;
    progress.seconds = seconds();
    return progress;
  }

  const Job& job_;
  const engine::EngineOptions& options_;
  engine::Engine engine_;
  Sink& sink_;
  const CancelToken& cancel_;
  Profile& profile_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  StoppingRules stopping_{job_.plateau, job_.seconds, sink_.stored_before(), [this] { return seconds(); }};

  std::optional<CandidateBuilder> builder_;
  std::optional<Space> space_;
  std::optional<PlatformPrices> platforms_;
  std::optional<Scoring> scoring_;
  std::optional<PriceList> prices_;
  search::Problem problem_;
  std::unique_ptr<search::Searcher> searcher_;

  std::deque<search::Point> pending_;      // asked, not yet measured
  std::size_t asked_ = 0;                  // size of the batch that they belong to
  std::vector<search::Outcome> outcomes_;  // of all evaluations, by index
  std::optional<Digest> base_key_;
  double hypervolume_ = 0;
  std::optional<double> best_top1_;
};

}  // namespace

Explorer::Explorer(const Job& job, engine::EngineOptions engine, Sink& sink)
    : job_(job), engine_(std::move(engine)), sink_(sink) {}

Status Explorer::run(const CancelToken& cancel) {
  profile_ = {};
  return Run(job_, engine_, sink_, cancel, profile_).go();
}

}  // namespace roofscape::explore
