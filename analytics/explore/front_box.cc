#include "analytics/explore/front_box.h"

#include <algorithm>
#include <cmath>

#include "analytics/base/rng.h"
#include "analytics/explore/explorer.h"
#include "analytics/explore/price_list.h"
#include "analytics/explore/scoring.h"
#include "analytics/explore/space.h"

namespace roofscape::explore {
namespace {

using search::Metric;

struct Range {
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
Range measured_range(const Job& job, const Column& column, double base) {
  const double classes = std::max<double>(2, static_cast<double>(element_count(job.network.output_shape())));
  const auto share = [&](double chance, double best) {
    return Range{-std::min(1.0, best + 0.1 * std::max(0.0, best - chance) + 1e-3), -(best + chance) / 2};
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

// Points at which prices are looked at: the one that approximates least, each variable's choices alone (so many as are
// cheap), random ones.
std::vector<search::Point> sampled_points(const Space& space) {
  constexpr std::size_t kSingles = 200, kRandom = 100;
  const std::vector<std::uint32_t> choices = space.choices();
  const search::Point base = space.base();
  std::vector<search::Point> points = {base};
  for (std::uint32_t choice = 0; points.size() < kSingles; ++choice) {
    bool any = false;
    for (std::size_t v = 0; v < choices.size() && points.size() < kSingles; ++v) {
      if (choice >= choices[v]) continue;
      any = true;
      if (choice == base[v]) continue;
      points.push_back(base);
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

Range priced_range(const Column& column, const std::vector<search::Values>& prices, std::size_t index) {
  double best = HUGE_VAL, worst = -HUGE_VAL;
  for (const search::Values& values : prices) {
    if (!std::isfinite(values[index])) continue;
    best = std::min(best, values[index]);
    worst = std::max(worst, values[index]);
  }
  if (best > worst) return {0, 1};  // fits nowhere: nothing will be gained there
  return {column.maximise ? 1.25 * best : 0.0, worst};
}

// One a column of the scoring.
std::vector<Range> ranges(const Job& job, const Scoring& scoring, const Space& space, PriceList& prices,
                          const search::Outcome& base) {
  std::vector<search::Values> sampled = {base.objectives};
  const std::vector<search::Point> points = sampled_points(space);
  prices.prepare_roughly(points);
  for (const search::Point& point : points) {
    search::Values values = prices.roughly(point).objectives;
    if (values.size() == scoring.columns().size()) sampled.push_back(std::move(values));
  }
  std::vector<Range> ranges;
  for (std::size_t i = 0; i < scoring.columns().size(); ++i) {
    const Column& column = scoring.columns()[i];
    const bool measured = search::info(column.metric).measured;
    Range range = measured ? measured_range(job, column, base.objectives[i]) : priced_range(column, sampled, i);
    const auto limit = limit_of(column, measured ? scoring.measured_limits() : scoring.priced_limits());
    if (limit) range.reference = measured ? *limit : std::min(range.reference, *limit);
    if (!(range.reference > range.ideal)) range.reference = range.ideal + std::max(std::abs(range.ideal) * 0.1, 1e-12);
    ranges.push_back(range);
  }
  return ranges;
}

}  // namespace

std::vector<FrontBox> front_boxes(const Job& job, const Scoring& scoring, const Space& space, PriceList& prices,
                                  const search::Outcome& base) {
  const std::vector<Range> columns = ranges(job, scoring, space, prices, base);
  std::vector<FrontBox> boxes;
  for (std::size_t p = 0; p < job.platforms.size(); ++p) {
    FrontBox box{p, {}};
    for (const std::size_t i : scoring.columns_on(p))
      box.sides.push_back({scoring.columns()[i].objective, columns[i].ideal, columns[i].reference});
    if (!box.sides.empty()) boxes.push_back(std::move(box));
  }
  return boxes;
}

double hypervolume(const FrontBox& box, std::span<const search::Values> points) {
  search::Values ideal, reference;
  for (const FrontBox::Side& side : box.sides) {
    ideal.push_back(side.ideal);
    reference.push_back(side.reference);
  }
  return search::box_share(points, ideal, reference);
}

}  // namespace roofscape::explore
