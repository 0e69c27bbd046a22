#include <algorithm>
#include <optional>
#include <tuple>

#include "analytics/base/text.h"
#include "analytics/search/pareto.h"
#include "server/evaluation_filter.h"
#include "server/exploration_view.h"
#include "server/metric_value.h"
#include "server/names.h"

namespace roofscape::server {
namespace {

// One platform's view of the objectives: minimised values of an evaluation, or nothing where one is missing.
struct FrontObjectives {
  std::vector<search::Objective> objectives;
  std::string platform;

  std::optional<search::Values> values(const v1::Evaluation& evaluation) const {
    search::Values values;
    // What does not fit the device is no design for it.
    for (const v1::Estimate& estimate : evaluation.estimates())
      if (estimate.platform() == resource_name(kPlatforms, platform) && !estimate.fits()) return std::nullopt;
    for (const search::Objective& objective : objectives) {
      const auto value = metric_value(objective.what.metric, evaluation, platform);
      if (!value) return std::nullopt;
      values.push_back(objective.maximise ? -*value : *value);
    }
    return values;
  }
};

// The objectives that concern a platform. A resource that no objective's platform names concerns those that have it.
Result<FrontObjectives> objectives_on(const v1::ExplorationSpec& spec, const std::string& platform,
                                      const v1::Evaluation& base) {
  FrontObjectives front{{}, platform};
  for (int i = 0; i < spec.objectives_size(); ++i) {
    RS_ASSIGN(auto objective, search::parse_objective(spec.objectives(i)));
    const bool named = objective.what.platform == platform;
    if (named || (objective.what.platform.empty() && metric_value(objective.what.metric, base, platform)))
      front.objectives.push_back(std::move(objective));
  }
  return front;
}

// Share of the box between the best and the worst value of each objective that the front dominates.
double normalised_hypervolume(const std::vector<search::Values>& points, const std::vector<std::size_t>& front) {
  if (points.empty()) return 0;
  const std::size_t count = points[0].size();
  search::Values best = points[0], worst = points[0];
  for (const search::Values& point : points)
    for (std::size_t i = 0; i < count; ++i) {
      best[i] = std::min(best[i], point[i]);
      worst[i] = std::max(worst[i], point[i]);
    }
  std::vector<search::Values> scaled;
  for (const std::size_t index : front) {
    search::Values point = points[index];
    for (std::size_t i = 0; i < count; ++i)
      point[i] = worst[i] > best[i] ? (point[i] - best[i]) / (worst[i] - best[i]) : 0;
    scaled.push_back(std::move(point));
  }
  // Bounded: an exploration of many objectives must not keep a thread for ever.
  return search::bounded_hypervolume(scaled, search::Values(count, 0), search::Values(count, 1));
}

Result<v1::ParetoFront> front_on(const v1::ExplorationSpec& spec, const std::string& platform,
                                 const std::vector<v1::Evaluation>& evaluations,
                                 const std::vector<Condition>& conditions) {
  v1::ParetoFront front;
  front.set_platform(resource_name(kPlatforms, platform));
  *front.mutable_objectives() = spec.objectives();
  if (evaluations.empty()) return front;
  *front.mutable_base() = evaluations[0];
  RS_ASSIGN(const FrontObjectives objectives, objectives_on(spec, platform, evaluations[0]));
  if (objectives.objectives.empty()) return front;
  std::vector<search::Values> points;
  std::vector<const v1::Evaluation*> rows;
  for (const v1::Evaluation& evaluation : evaluations) {
    auto values = objectives.values(evaluation);
    if (!values || evaluation.violation() > 0 || !all_hold(conditions, evaluation)) continue;
    points.push_back(*std::move(values));
    rows.push_back(&evaluation);
  }
  std::vector<std::size_t> best = search::pareto_front(points);
  std::sort(best.begin(), best.end(), [&](std::size_t a, std::size_t b) {
    return std::tuple(points[a][0], rows[a]->index()) < std::tuple(points[b][0], rows[b]->index());
  });
  for (const std::size_t index : best) *front.add_evaluations() = *rows[index];
  front.set_hypervolume(normalised_hypervolume(points, best));
  return front;
}

}  // namespace

Result<v1::GetParetoFrontResponse> pareto_fronts(Backend& backend, const v1::GetParetoFrontRequest& request) {
  RS_ASSIGN(const std::string id, parse_name(kExplorations, request.name(), "name"));
  RS_ASSIGN(const v1::Exploration exploration, backend.store->get_exploration(id));
  const std::vector<std::string> platforms = platform_ids(exploration);
  std::vector<Condition> conditions;
  for (int i = 0; i < request.where_size(); ++i) {
    RS_ASSIGN(Condition condition, parse_condition(request.where(i), platforms, fmt::format("where[{}]", i)));
    conditions.push_back(std::move(condition));
  }
  std::vector<std::string> asked = platforms;
  if (!request.platform().empty()) {
    RS_ASSIGN(const std::string platform, parse_name(kPlatforms, request.platform(), "platform"));
    if (std::find(platforms.begin(), platforms.end(), platform) == platforms.end())
      return invalid_argument("platform '{}' is not one of the exploration's{}", platform,
                              suggestion(platform, platforms))
          .at("platform");
    asked = {platform};
  }
  RS_ASSIGN(const auto evaluations, all_evaluations(backend, id));
  v1::GetParetoFrontResponse response;
  for (const std::string& platform : asked) {
    RS_ASSIGN(*response.add_fronts(), front_on(exploration.spec(), platform, evaluations, conditions));
  }
  return response;
}

}  // namespace roofscape::server
