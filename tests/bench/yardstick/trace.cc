#include "tests/bench/yardstick/trace.h"

#include <algorithm>

namespace roofscape::bench {

std::optional<search::Values> Trace::values(const explore::FrontBox& box, const explore::Evaluation& evaluation) const {
  const cost::Estimate& estimate = evaluation.estimates[box.platform];
  // What was measured on some of the images alone is no point of a front yet.
  if (evaluation.violation > 0 || estimate.fit == cost::Fit::kNo || evaluation.counts.images < job_.evaluation.count)
    return std::nullopt;
  search::Values values;
  for (const explore::FrontBox::Side& side : box.sides) {
    const search::Objective& objective = job_.objectives[side.objective];
    const auto value = objective.what.metric == search::Metric::kMacs
                           ? std::optional(static_cast<double>(evaluation.macs))
                           : explore::metric_value(objective.what.metric, evaluation.counts, nullptr, &estimate);
    if (!value) return std::nullopt;
    values.push_back(objective.maximise ? -*value : *value);
  }
  return values;
}

void Trace::add(const explore::Evaluation& evaluation, const Spent& spent) {
  Step& step = steps_.emplace_back();
  step.spent = spent;
  step.feasible = evaluation.violation == 0 && evaluation.counts.images == job_.evaluation.count;
  for (const explore::FrontBox& box : boxes_) step.values.push_back(values(box, evaluation));
}

Moment Trace::after(std::size_t evaluations) const {
  Moment moment;
  moment.evaluations = std::min(evaluations, steps_.size());
  for (std::size_t i = 0; i < moment.evaluations; ++i) moment.feasible += steps_[i].feasible ? 1 : 0;
  if (moment.evaluations > 0) moment.spent = steps_[moment.evaluations - 1].spent;
  for (std::size_t front = 0; front < boxes_.size(); ++front) {
    moment.hypervolumes.push_back(explore::hypervolume(boxes_[front], points(front, moment.evaluations)));
    moment.mean += moment.hypervolumes.back() / static_cast<double>(boxes_.size());
  }
  return moment;
}

std::size_t Trace::evaluations_within(std::int64_t images) const {
  const auto beyond =
      std::find_if(steps_.begin(), steps_.end(), [&](const Step& step) { return step.spent.images > images; });
  return static_cast<std::size_t>(beyond - steps_.begin());
}

std::vector<search::Values> Trace::points(std::size_t front, std::size_t evaluations) const {
  std::vector<search::Values> points;
  for (std::size_t i = 0; i < std::min(evaluations, steps_.size()); ++i)
    if (steps_[i].values[front]) points.push_back(*steps_[i].values[front]);
  return points;
}

}  // namespace roofscape::bench
