#include "analytics/explore/problem.h"

#include <algorithm>
#include <cmath>

#include "analytics/base/rng.h"

namespace roofscape::explore {
namespace {

using search::Metric;

struct Box {
  double ideal = 0, reference = 0;
};

// The tightest limit that the job sets on a column, minimised; nothing if there is none.
std::optional<double> limit_of(const Column& column, const std::vector<Limit>& limits) {
  std::optional<double> tightest;
  for (const Limit& limit : limits) {
    if (limit.constraint.what.metric != column.metric || limit.platform != column.platform) continue;
    if (limit.constraint.at_least != column.maximise) continue;  // it bounds the good side
    const double value = column.minimised(limit.constraint.limit);
    tightest = std::min(tightest.value_or(value), value);
  }
  return tightest;
}

// `base` is minimised, as everything here.
Box measured_box(const Job& job, const Column& column, double base) {
  const double classes = std::max<double>(2, static_cast<double>(element_count(job.network.output_shape())));
  const auto share = [&](double chance, double best) {
    return Box{-std::min(1.0, best + 0.1 * (best - chance) + 1e-3), -(best + chance) / 2};
  };
  switch (column.metric) {
    case Metric::kTop1: return share(1 / classes, -base);
    case Metric::kTop5: return share(std::min(1.0, 5 / classes), -base);
    case Metric::kAgreement: return {-1, -(1 + 1 / classes) / 2};
    case Metric::kLoss: return {0.9 * base, 2 * base + 0.5};
    case Metric::kSnr: return {-60, 0};
    default: break;
  }
  return {base, base + 1};
}

// Points at which prices are looked at: the base, each variable's choices alone (so many as are cheap), random ones.
std::vector<search::Point> sampled_points(const Space& space) {
  constexpr std::size_t kSingles = 200, kRandom = 100;
  const std::vector<std::uint32_t> choices = space.choices();
  std::vector<search::Point> points = {space.base()};
  for (std::uint32_t choice = 1; points.size() < kSingles; ++choice) {
    bool any = false;
    for (std::size_t v = 0; v < choices.size() && points.size() < kSingles; ++v) {
      if (choice >= choices[v]) continue;
      any = true;
      points.push_back(space.base());
      points.back()[v] = static_cast<std::uint16_t>(choice);
    }
    if (!any) break;
  }
  Rng rng(0x5eed);
  for (std::size_t i = 0; i < kRandom; ++i) {
    search::Point& point = points.emplace_back();
    for (std::uint32_t count : choices) point.push_back(static_cast<std::uint16_t>(rng.below(count)));
  }
  return points;
}

Box priced_box(const Column& column, const std::vector<search::Values>& prices, std::size_t index) {
  double best = HUGE_VAL, worst = -HUGE_VAL;
  for (const search::Values& values : prices) {
    if (!std::isfinite(values[index])) continue;
    best = std::min(best, values[index]);
    worst = std::max(worst, values[index]);
  }
  if (best > worst) return {0, 1};  // fits nowhere: nothing will be gained there
  return {column.maximise ? 1.25 * best : 0.0, worst};
}

}  // namespace

search::Problem make_problem(const Job& job, const Scoring& scoring, const Space& space, PriceList& prices,
                             const search::Outcome& base) {
  search::Problem problem;
  problem.choices = space.choices();
  problem.group = space.groups();
  problem.traits = space.traits();
  problem.base = space.base();
  problem.price = [&prices](const search::Point& point) { return prices.of(point); };

  std::vector<search::Values> sampled = {base.objectives};
  for (const search::Point& point : sampled_points(space)) {
    search::Values values = prices.of(point).objectives;
    if (values.size() == scoring.columns().size()) sampled.push_back(std::move(values));
  }
  std::vector<Box> boxes;
  for (std::size_t i = 0; i < scoring.columns().size(); ++i) {
    const Column& column = scoring.columns()[i];
    const bool measured = search::info(column.metric).measured;
    Box box = measured ? measured_box(job, column, base.objectives[i]) : priced_box(column, sampled, i);
    const auto limit = limit_of(column, measured ? scoring.measured_limits() : scoring.priced_limits());
    if (limit) box.reference = measured ? *limit : std::min(box.reference, *limit);
    if (!(box.reference > box.ideal)) box.reference = box.ideal + std::max(std::abs(box.ideal) * 0.1, 1e-12);
    boxes.push_back(box);
    problem.measured.push_back(measured);
    problem.measured_count += measured ? 1 : 0;
  }
  for (std::size_t i = 0; i < scoring.measured_limits().size(); ++i) {
    const search::Constraint& constraint = scoring.measured_limits()[i].constraint;
    problem.limits.push_back({problem.measured_count + i, constraint.at_least ? -constraint.limit : constraint.limit});
  }
  problem.measured_count += scoring.measured_limits().size();
  for (std::size_t p = 0; p < job.platforms.size(); ++p) {
    search::Problem::Front front;
    for (std::size_t i = 0; i < scoring.columns().size(); ++i) {
      const std::size_t platform = scoring.columns()[i].platform;
      if (platform != kNoPlatform && platform != p) continue;
      front.objectives.push_back(i);
      front.ideal.push_back(boxes[i].ideal);
      front.reference.push_back(boxes[i].reference);
    }
    if (!front.objectives.empty()) problem.fronts.push_back(std::move(front));
  }
  return problem;
}

}  // namespace roofscape::explore
