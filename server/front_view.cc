#include "server/front_view.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "analytics/engine/engine.h"
#include "proto/estimate_words.h"
#include "server/metric_value.h"
#include "server/names.h"
#include "server/wire.h"

namespace roofscape::server {
namespace {

using search::Metric;

// How much of a price's interval is the point's own; the rest is an error that all points of a platform share. Where
// published rows have one network in two formats on one device, ratios of the two are off by .3 (streaming designs) to
// .4 (accelerators) of what the times themselves are, and points of a front differ by less than all of their formats.
// It is bounded, lest a device of which little is known fold everything.
constexpr double kOwnShare = 0.3, kMostOwn = 0.2;

v1::Interval interval(double low, double high) {
  v1::Interval interval;
  interval.set_low(low);
  interval.set_high(high);
  return interval;
}

// Symmetric in logarithms, also where only one side of the value is open: the less is known, the less is told apart.
v1::Interval own_part(double value, const v1::Interval& within) {
  if (!(within.low() > 0) || !(value > 0)) return within;
  const double own = std::min(kMostOwn, kOwnShare * std::log(within.high() / within.low()) / 2);
  return interval(value * std::exp(-own), value * std::exp(own));
}

// Shares are of the same images: two points differ at most on those images on which one of them answers otherwise than
// the base network, which bounds the variance of the difference. Agreement is such a share itself: Wilson's interval.
std::optional<v1::Interval> share_interval(Metric metric, double value, const v1::Evaluation& evaluation) {
  engine::Counts counts = from_message(evaluation.counts());
  if (metric == Metric::kAgreement) {
    counts.top1 = counts.agree;
    const engine::Interval within = engine::metrics(counts).top1_interval;
    return interval(within.low, within.high);
  }
  if ((metric != Metric::kTop1 && metric != Metric::kTop5) || counts.images == 0) return std::nullopt;
  constexpr double kNinetyPercent = 1.645;
  const auto images = static_cast<double>(counts.images);
  const double differing = 1 - static_cast<double>(counts.agree) / images;
  const double half = kNinetyPercent * std::sqrt(std::max(differing, 0.0) / images);
  return interval(value - half, value + half);
}

std::optional<v1::Interval> interval_of(Metric metric, double value, const v1::Evaluation& evaluation,
                                        const std::string& platform) {
  if (search::info(metric).measured) return share_interval(metric, value, evaluation);
  const auto within = metric_interval(metric, evaluation, platform);
  return within ? std::optional(own_part(value, *within)) : std::nullopt;
}

}  // namespace

search::Values FrontView::ideal() const {
  search::Values ideal;
  for (const explore::FrontBox::Side& side : box.sides) ideal.push_back(side.ideal);
  return ideal;
}

search::Values FrontView::reference() const {
  search::Values reference;
  for (const explore::FrontBox::Side& side : box.sides) reference.push_back(side.reference);
  return reference;
}

std::optional<search::Values> FrontView::values(const v1::Evaluation& evaluation) const {
  search::Values values;
  if (cannot_fit(estimate_on(evaluation, platform))) return std::nullopt;
  for (const search::Objective& objective : objectives) {
    const auto value = metric_value(objective.what.metric, evaluation, platform);
    if (!value) return std::nullopt;
    values.push_back(objective.maximise ? -*value : *value);
  }
  return values;
}

search::Readings FrontView::readings(const v1::Evaluation& evaluation) const {
  search::Readings readings;
  for (const search::Objective& objective : objectives) {
    const double value = metric_value(objective.what.metric, evaluation, platform).value_or(0);
    const auto within = interval_of(objective.what.metric, value, evaluation, platform);
    // Where rounding put the value outside, the interval is widened to it.
    const double low = within ? std::min(within->low(), value) : value;
    const double high = within ? std::max(within->high(), value) : value;
    readings.push_back(objective.maximise ? search::Reading{-value, -high, -low} : search::Reading{value, low, high});
  }
  return readings;
}

Result<FrontView> view_of(const v1::FrontBox& box, const std::string& platform) {
  FrontView view{platform, {}, {}};
  for (const v1::BoxSide& side : box.sides()) {
    RS_ASSIGN(const search::Objective objective, search::parse_objective(side.objective()));
    const double sign = objective.maximise ? -1 : 1;
    view.box.sides.push_back({view.objectives.size(), sign * side.ideal(), sign * side.reference()});
    view.objectives.push_back(objective);
  }
  return view;
}

const v1::FrontBox* box_on(const v1::Exploration& exploration, const std::string& platform) {
  for (const v1::FrontBox& box : exploration.front_boxes())
    if (box.platform() == resource_name(kPlatforms, platform)) return &box;
  return nullptr;
}

FrontPoints front_points(const FrontView& view, const std::vector<v1::Evaluation>& evaluations,
                         const std::vector<Condition>& conditions) {
  std::vector<search::Values> points;
  std::vector<const v1::Evaluation*> rows;
  for (const v1::Evaluation& evaluation : evaluations) {
    auto values = view.values(evaluation);
    // What was out early rests on fewer images than the base network: it is on no front.
    const bool partial = evaluation.counts().image_count() < evaluations[0].counts().image_count();
    if (!values || partial || evaluation.violation() > 0 || !all_hold(conditions, evaluation)) continue;
    points.push_back(*std::move(values));
    rows.push_back(&evaluation);
  }
  std::vector<std::size_t> best = search::pareto_front(points);
  std::sort(best.begin(), best.end(), [&](std::size_t a, std::size_t b) {
    return std::tuple(points[a][0], rows[a]->index()) < std::tuple(points[b][0], rows[b]->index());
  });
  FrontPoints front;
  front.hypervolume = explore::hypervolume(view.box, points);
  for (const std::size_t index : best) {
    front.evaluations.push_back(rows[index]);
    front.values.push_back(std::move(points[index]));
  }
  return front;
}

}  // namespace roofscape::server
