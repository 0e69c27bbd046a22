// What can be known of a job before anything is measured.
#include <algorithm>
#include <cmath>
#include <set>

#include "analytics/base/rng.h"
#include "analytics/base/text.h"
#include "analytics/explore/assumed_calibration.h"
#include "analytics/explore/explorer.h"
#include "analytics/explore/price_list.h"

namespace roofscape::explore {
namespace {

Status check_numbers(const Job& job) {
  if (job.platforms.empty())
    return invalid_argument("there are no platforms; give at least one, such as raspberry-pi-4").at("platforms");
  std::set<std::string> ids;
  for (std::size_t p = 0; p < job.platforms.size(); ++p)
    if (!ids.insert(job.platforms[p].id).second)
      return invalid_argument("'{}' is named twice", printable(job.platforms[p].id))
          .at(fmt::format("platforms[{}]", p));
  if (job.evaluation.count < 1) return invalid_argument("there are no images to evaluate on").at("dataset");
  if (job.calibration.count < 1)
    return invalid_argument("there are no images to calibrate on").at("calibration.images");
  if (job.evaluations < 1)
    return out_of_range("evaluations is {}; use 1 or more", job.evaluations).at("search.evaluations");
  if (!(job.plateau >= 0 && job.plateau < 1))
    return out_of_range("plateau is {}; use 0 (off) to below 1", job.plateau).at("search.plateau");
  if (!(job.seconds >= 0))
    return out_of_range("seconds is {}; use 0 (no limit) or more", job.seconds).at("search.seconds");
  if (job.batch < 1) return out_of_range("batch is {}; use 1 or more", job.batch).at("batch");
  return {};
}

// Whether there is such a searcher and it takes a space of this size.
Status check_searcher(const Job& job, const Space& space) {
  search::Problem problem;
  problem.choices = space.choices();
  problem.group = space.groups();
  problem.base = space.base();
  problem.price = [](const search::Point&) { return search::Priced{}; };
  const auto made = search::make_searcher(job.searcher, problem, job.seed, space.points_wanted(job.evaluations));
  return made.ok() ? Status() : made.status().at("search.searcher");
}

// Looks for a point whose price holds all constraints: the one that approximates least, random points, and from the
// least violating of them downhill, one variable after the other.
class FeasiblePoint {
 public:
  FeasiblePoint(const Space& space, PriceList& prices) : choices_(space.choices()), prices_(prices) {
    consider(space.base());
    Rng rng(1);
    constexpr int kDraws = 200;
    for (int draw = 0; draw < kDraws && !found(); ++draw) {
      search::Point point;
      for (std::uint32_t count : choices_) point.push_back(static_cast<std::uint16_t>(rng.below(count)));
      consider(point);
    }
    // The last round of all variables must have helped for another one.
    constexpr int kMostTries = 20'000;
    for (double before = HUGE_VAL; !found() && least_ < before && tried_ < kMostTries;) {
      before = least_;
      for (std::size_t v = 0; v < choices_.size() && !found() && tried_ < kMostTries; ++v) {
        search::Point point = best_;
        for (std::uint32_t choice = 0; choice < choices_[v] && !found(); ++choice) {
          point[v] = static_cast<std::uint16_t>(choice);
          consider(point);
        }
      }
    }
  }

  bool found() const { return least_ == 0; }
  int tried() const { return tried_; }
  const search::Point& nearest() const { return best_; }

 private:
  void consider(const search::Point& point) {
    ++tried_;
    const double violation = prices_.of(point).violation;
    if (best_.size() == choices_.size() && violation >= least_) return;
    least_ = violation;
    best_ = point;
  }

  std::vector<std::uint32_t> choices_;
  PriceList& prices_;
  search::Point best_;
  double least_ = HUGE_VAL;
  int tried_ = 0;
};

// Says which constraint the nearest point breaks most, and by how much.
Status nothing_feasible(const Job& job, const Scoring& scoring, const Network& network,
                        std::span<const cost::Totals> totals, int tried) {
  const Limit* worst = nullptr;
  double most = 0, seen = 0;
  for (const Limit& limit : scoring.priced_limits()) {
    const cost::Totals* on = &totals[limit.platform == kNoPlatform ? 0 : limit.platform];
    const auto value = priced_value(limit.constraint.what.metric, scoring.macs(network), on);
    const double broken = search::violation(limit.constraint, value.value_or(HUGE_VAL));
    if (broken <= most) continue;
    most = broken;
    worst = &limit;
    seen = value.value_or(HUGE_VAL);
  }
  if (worst == nullptr)
    return failed_precondition("no point of the space was found that fits any of the platforms, among {} tried", tried)
        .at("platforms");
  const std::string where =
      worst->platform == kNoPlatform ? "" : fmt::format(" on '{}'", job.platforms[worst->platform].id);
  return failed_precondition(
             "no point of the space was found whose price holds the constraints, among {} tried; the nearest breaks "
             "'{}'{}: its {} is {:.4g} where {} {:.4g} is asked (base units); relax it or offer cheaper approximations",
             tried, printable(worst->constraint.text), where, search::info(worst->constraint.what.metric).name, seen,
             worst->constraint.at_least ? "at least" : "at most", worst->constraint.limit)
      .at(fmt::format("constraints[{}]", worst->index));
}

}  // namespace

Status validate(const Job& job) {
  RS_TRY(check_numbers(job));
  RS_ASSIGN(const PlatformPrices platforms, PlatformPrices::create(job));
  RS_ASSIGN(const std::vector<cost::Totals> base, platforms.totals(job.network));
  RS_ASSIGN(const Scoring scoring, Scoring::create(job, base));
  const auto space = Space::create(job.network, job.rules);
  if (!space.ok()) {
    Status status = space.status();
    std::string field = "space" + status.field();
    return std::move(status).at(std::move(field));
  }
  RS_TRY(check_searcher(job, *space));
  const bool base_fits = std::any_of(base.begin(), base.end(), [](const auto& t) { return t.fit != cost::Fit::kNo; });
  if (!scoring.prices_needed() && space->contains_base() && base_fits) return {};
  CandidateBuilder builder({job.network, assumed_calibration(job.network, space->needs().moments)}, job.seed);
  PriceList prices(platforms, scoring, *space, builder);
  const FeasiblePoint search(*space, prices);
  if (search.found()) return {};
  RS_ASSIGN(const Network nearest, builder.build(space->recipe(search.nearest())));
  RS_ASSIGN(const std::vector<cost::Totals> totals, platforms.totals(nearest));
  return nothing_feasible(job, scoring, nearest, totals, search.tried());
}

}  // namespace roofscape::explore
