#include "analytics/explore/explorer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <map>
#include <numeric>

#include "analytics/base/rank_correlation.h"
#include "analytics/base/rng.h"
#include "analytics/base/text.h"
#include "analytics/engine/calibrate.h"
#include "analytics/explore/price_list.h"
#include "analytics/explore/problem.h"
#include "analytics/explore/race.h"
#include "analytics/explore/stopping.h"
#include "analytics/network/work.h"

namespace roofscape::explore {
namespace {

// A fixed order that has nothing to do with how the images are stored.
Dataset shuffled(const Dataset& data) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(data.count));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  Rng rng(0x1a2b3c);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  return subset(data, order);
}

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
    RS_TRY(measure_sensitivities());
    know_earlier();
    RS_ASSIGN(searcher_,
              search::make_searcher(job_.searcher, problem_, job_.seed, space_->points_wanted(job_.evaluations)));
    if (space_->contains_base()) searcher_->tell(outcomes_);
    told_ = outcomes_.size();
    while (!done()) {
      if (cancel_.cancelled()) return stopped();
      // Without prices nothing is asked: once it is cancelled, that says nothing of what is left.
      if (pending_.empty() && !ask()) return cancel_.cancelled() ? stopped() : Status();
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
    double needed = -HUGE_VAL;  // images that it must classify correctly, or it is out
    std::optional<engine::Counts> counts;
    std::vector<engine::Counts> looks;
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
    shuffled_ = shuffled(job_.evaluation);
    RS_TRY(measure(batch));
    base_top1_ = batch[0].counts->top1;
    // Racing compares with what the base loses and wins on labelled images.
    if (job_.racing < 1 && job_.evaluation.labelled()) looks_ = looks(total(), options_.batch);
    RS_ASSIGN(const std::vector<Evaluation> evaluations, scored(batch));
    outcomes_[0].point = space_->base();
    const std::vector<FrontBox> boxes = this->boxes();
    problem_ = make_problem(*scoring_, *space_, *prices_, boxes);
    if (cancel_.cancelled()) return stopped();
    sink_.boxes(boxes);
    return store(evaluations);
  }

  // What each choice does alone, for searchers that learn from it.
  Status measure_sensitivities() {
    if (!search::learns_from_damage(job_.searcher)) return {};
    SensitivityOptions options;
    options.budget = sensitivity_budget(job_.evaluations, job_.evaluation.count);
    options.threads = options_.threads;
    options.cancel = &cancel_;
    options.progress = [this](std::int64_t done, std::int64_t total) {
      sink_.progress(progress(Activity::kSensitivities, done, total));
    };
    const Timed timed(profile_.sensitivities);
    auto found = explore::measure_sensitivities(*space_, *builder_, job_.network, job_.calibration, job_.preparation,
                                                engine_, sink_, options);
    if (!found.ok()) return found.status();
    images_ += found->images_seen;
    add_sensitivities(problem_, *scoring_, *space_, *found, outcomes_[0], job_.calibration.labelled());
    sink_.sensitive(sensitive_layers(*space_, problem_.damage));
    return {};
  }

  std::vector<FrontBox> boxes() {
    const Timed timed(profile_.proposing);
    return front_boxes(job_, *scoring_, *space_, *prices_, outcomes_[0]);
  }

  // What others measured, priced here. A point that cannot be built says nothing.
  void know_earlier() {
    if (!search::learns_from_damage(job_.searcher)) return;
    std::vector<search::Point> points;
    for (const KnownCandidate& known : job_.known) points.push_back(known.point);
    prices_->prepare(points);
    for (const KnownCandidate& known : job_.known) {
      const auto network = prices_->network(known.point);
      if (!network.ok()) continue;
      const auto totals = platforms_->totals(*network);
      if (totals.ok()) problem_.known.push_back(scoring_->outcome(*network, *totals, known.counts, known.point));
    }
  }

  // Always whole batches, whatever is still wanted: what remains of one waits for the exploration to be extended, so
  // that a run in one go and one extended later ask the same questions.
  bool ask() {
    const Timed timed(profile_.proposing);
    const auto size = static_cast<std::size_t>(std::clamp<std::int64_t>(job_.evaluations / 10, 5, 20));
    for (search::Point& point : searcher_->ask(size)) {
      expected_.push_back(searcher_->expected_damage(point));
      pending_.push_back(std::move(point));
    }
    asked_ = pending_.size();
    return !pending_.empty();
  }

  Status measure_pending() {
    const auto count = static_cast<std::size_t>(std::min<std::int64_t>(std::ssize(pending_), wanted() - evaluated()));
    RS_ASSIGN(std::vector<Candidate> batch, candidates(count));
    RS_TRY(measure(batch));
    RS_ASSIGN(const std::vector<Evaluation> evaluations, scored(batch));
    // Prices mean nothing once it is cancelled (price_list.h), so neither does who left the race.
    if (cancel_.cancelled()) return stopped();
    RS_TRY(store(evaluations));
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
    if (pending_.empty()) {
      searcher_->tell(std::span(outcomes_).last(asked_));
      told_ = outcomes_.size();
    }
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
      candidate.needed = needed(candidate.point);
    }
    return batch;
  }

  // Fills in the counts: from earlier measurements where there are any, else from one merged set with the base network
  // as its reference, from which those leave that are out. Equal networks are measured once.
  Status measure(std::vector<Candidate>& batch) {
    std::map<Digest, std::vector<Candidate*>> unknown;
    std::vector<Digest> order;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      Candidate& candidate = batch[i];
      const std::int64_t index = evaluated() + static_cast<std::int64_t>(i);
      if (index < stored_before_) candidate.counts = sink_.find_evaluated(index);
      if (candidate.counts) continue;
      if (const auto known = sink_.find_measurement(candidate.key)) settle(candidate, *known);
      if (candidate.counts) continue;
      std::vector<Candidate*>& same = unknown[candidate.key];
      if (same.empty()) order.push_back(candidate.key);
      same.push_back(&candidate);
    }
    const Timed timed(profile_.measuring);
    std::int64_t seen = 0;
    for (const std::int64_t look : looks_) {
      if (order.empty()) break;
      RS_TRY(measure_until(look, seen, order, unknown));
      seen = look;
      std::erase_if(order, [&](const Digest& key) {
        for (Candidate* candidate : unknown.at(key)) {
          if (candidate->counts) continue;
          const engine::Counts& counts = candidate->looks.back();
          if (counts.images == total() || out(counts, terms(candidate->needed))) candidate->counts = counts;
        }
        const auto& same = unknown.at(key);
        return std::all_of(same.begin(), same.end(), [](const Candidate* candidate) { return candidate->counts; });
      });
    }
    for (auto& [key, same] : unknown)
      for (Candidate* candidate : same) candidate->looks.pop_back();  // that is `counts`
    return {};
  }

  // Takes the images from `seen` to `look` through the networks; what they did so far is added to their looks.
  Status measure_until(std::int64_t look, std::int64_t seen, const std::vector<Digest>& order,
                       std::map<Digest, std::vector<Candidate*>>& unknown) {
    std::vector<const Network*> set = {&job_.network};
    std::vector<std::size_t> places;  // in the set, by `order`
    for (const Digest& key : order) {
      const bool base = key == outcomes_key();
      places.push_back(base ? 0 : set.size());
      if (!base) set.push_back(&*unknown.at(key)[0]->network);
    }
    engine::MeasureOptions options;
    options.cancel = &cancel_;
    options.range = ImageRange{seen, look - seen};
    options.progress = [&](std::int64_t images) {
      sink_.progress(progress(Activity::kCandidates, seen + images, total()));
    };
    RS_ASSIGN(const auto counts, engine_.measure(set, 0, shuffled_, job_.preparation, options));
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (Candidate* candidate : unknown.at(order[i])) {
        if (candidate->counts) continue;
        engine::Counts so_far = candidate->looks.empty() ? engine::Counts() : candidate->looks.back();
        so_far += counts[places[i]];
        candidate->looks.push_back(so_far);
      }
    }
    images_ += (look - seen) * std::ssize(order);
    return {};
  }

  // What an earlier measurement says: the look at which the candidate would be out, or all images. Where it was out
  // then with less to hold, it is measured again.
  void settle(Candidate& candidate, const Measured& known) {
    for (const engine::Counts& look : known.looks) {
      if (!out(look, terms(candidate.needed))) continue;
      candidate.counts = look;
      return;
    }
    // One that was never looked at would be spared a race that it might have lost: equal jobs must give equal runs.
    const bool raced =
        known.counts.images < total() || looks_.size() < 2 || !known.looks.empty() || candidate.key == outcomes_key();
    if (!raced) return;
    if (known.counts.images == total() || out(known.counts, terms(candidate.needed))) candidate.counts = known.counts;
  }

  std::int64_t total() const { return job_.evaluation.count; }
  RaceTerms terms(double needed) const {
    return {total(), base_top1_, needed, job_.racing, std::max<std::size_t>(looks_.size(), 2) - 1};
  }

  // How many images a candidate must classify correctly, or it is on no front: what the limits ask for, and, where
  // top-1 is all that is measured, what others reach that cost no more.
  double needed(const search::Point& point) {
    double most = -HUGE_VAL;
    const auto images = [&](double share) { return share * static_cast<double>(total()); };
    for (const Limit& limit : scoring_->measured_limits())
      if (limit.constraint.what.metric == search::Metric::kTop1 && limit.constraint.at_least)
        most = std::max(most, images(limit.constraint.limit));
    if (!scoring_->measures_top1_alone()) return most;
    const search::Values costs = prices_->of(point).objectives;
    double beaten = HUGE_VAL;
    for (const search::Problem::Front& front : problem_.fronts) {
      double here = -HUGE_VAL;
      for (const search::Outcome& other : std::span(outcomes_).first(told_)) {
        if (other.violation > 0 || other.partial) continue;
        bool cheaper = true;
        double top1 = 0;
        for (const std::size_t k : front.objectives) {
          if (problem_.measured[k]) {
            top1 = -other.objectives[k];
          } else {
            cheaper = cheaper && other.objectives[k] <= costs[k];
          }
        }
        if (cheaper) here = std::max(here, images(top1));
      }
      beaten = std::min(beaten, here);
    }
    return problem_.fronts.empty() ? most : std::max(most, beaten);
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
      evaluation.looks = candidate.looks;
      RS_ASSIGN(evaluation.estimates, platforms_->estimates(*candidate.network));
      evaluation.macs = network_work(*candidate.network).macs;
      const std::vector<cost::Totals> totals(evaluation.estimates.begin(), evaluation.estimates.end());
      // Of one that was out, what it would have come to on all images is estimated.
      const bool partial = evaluation.counts.images < total();
      engine::Counts counts = evaluation.counts;
      if (partial) counts.top1 = std::llround(expected_top1(counts, terms(0)) * static_cast<double>(counts.images));
      outcomes_.push_back(scoring_->outcome(*candidate.network, totals, counts, candidate.point));
      outcomes_.back().partial = partial;
      // Where rules require methods the base network is what candidates are compared with, and none of them.
      if (evaluation.index == 0 && !space_->contains_base()) outcomes_.back().violation += 1;
      evaluation.violation = outcomes_.back().violation;
      const double top1 = engine::metrics(evaluation.counts).top1;
      if (evaluation.violation == 0 && !partial && job_.evaluation.labelled())
        best_top1_ = std::max(best_top1_.value_or(top1), top1);
    }
    return evaluations;
  }

  Status store(const std::vector<Evaluation>& evaluations) {
    const Timed timed(profile_.storing);
    hypervolume_ = search::mean_hypervolume(problem_, outcomes_);
    rank_correlation_ = rank_correlation();
    RS_TRY(sink_.store(evaluations, progress(Activity::kNothing, 0, 0)));
    sink_.progress(progress(Activity::kNothing, 0, 0));
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

  Progress progress(Activity activity, std::int64_t images_done, std::int64_t images_total) {
    Progress progress;
    progress.activity = activity;
    progress.images = images_;
    progress.rank_correlation = rank_correlation_;
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

  // Between the damage that was expected of candidates and what was measured.
  std::optional<double> rank_correlation() const {
    std::vector<double> expected, measured;
    for (std::size_t i = 0; i < expected_.size() && i + 1 < outcomes_.size(); ++i) {
      if (!expected_[i]) continue;
      expected.push_back(*expected_[i]);
      measured.push_back(outcomes_[i + 1].damage);
    }
    if (expected.size() < kLeastCorrelated) return std::nullopt;
    return roofscape::rank_correlation(expected, measured);
  }

  static constexpr std::size_t kLeastCorrelated = 8;

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

  Dataset shuffled_;                             // the evaluation images, in the order in which they are taken
  std::vector<std::int64_t> looks_ = {total()};  // after how many images candidates may be out
  std::int64_t base_top1_ = 0;
  const std::int64_t stored_before_ = sink_.stored_before();
  std::size_t told_ = 0;                         // outcomes that the searcher knows
  std::deque<search::Point> pending_;            // asked, not yet measured
  std::size_t asked_ = 0;                        // size of the batch that they belong to
  std::vector<search::Outcome> outcomes_;        // of all evaluations, by index
  std::vector<std::optional<double>> expected_;  // damage, of each point asked for
  std::int64_t images_ = 0;                      // see Progress
  std::optional<Digest> base_key_;
  double hypervolume_ = 0;
  std::optional<double> rank_correlation_;
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
