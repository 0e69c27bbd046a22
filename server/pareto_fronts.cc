#include <algorithm>
#include <optional>
#include <tuple>

#include "analytics/base/text.h"
#include "analytics/explore/front_box.h"
#include "analytics/search/objective.h"
#include "analytics/search/pareto.h"
#include "server/evaluation_filter.h"
#include "server/exploration_view.h"
#include "server/metric_value.h"
#include "server/names.h"

namespace roofscape::server {
namespace {

// One platform's view of the objectives, and the box in which its hypervolume is taken.
struct FrontView {
  std::string platform;
  std::vector<search::Objective> objectives;
  explore::FrontBox box;

  // Minimised values of an evaluation, or nothing where one is missing.
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

Result<v1::ParetoFront> front_on(const v1::Exploration& exploration, const std::string& platform,
                                 const std::vector<v1::Evaluation>& evaluations,
                                 const std::vector<Condition>& conditions) {
  v1::ParetoFront front;
  front.set_platform(resource_name(kPlatforms, platform));
  *front.mutable_objectives() = exploration.spec().objectives();
  if (evaluations.empty()) return front;
  *front.mutable_base() = evaluations[0];
  const auto& boxes = exploration.front_boxes();
  const auto box =
      std::find_if(boxes.begin(), boxes.end(), [&](const auto& b) { return b.platform() == front.platform(); });
  if (box == boxes.end()) return front;  // no objective concerns it
  *front.mutable_box() = *box;
  RS_ASSIGN(const FrontView view, view_of(*box, platform));
  std::vector<search::Values> points;
  std::vector<const v1::Evaluation*> rows;
  for (const v1::Evaluation& evaluation : evaluations) {
    auto values = view.values(evaluation);
    // What was out early rests on fewer images than the base network: it is on no front.
    const bool partial = evaluation.counts().image_count() < front.base().counts().image_count();
    if (!values || partial || evaluation.violation() > 0 || !all_hold(conditions, evaluation)) continue;
    points.push_back(*std::move(values));
    rows.push_back(&evaluation);
  }
  std::vector<std::size_t> best = search::pareto_front(points);
  std::sort(best.begin(), best.end(), [&](std::size_t a, std::size_t b) {
    return std::tuple(points[a][0], rows[a]->index()) < std::tuple(points[b][0], rows[b]->index());
  });
  for (const std::size_t index : best) *front.add_evaluations() = *rows[index];
  front.set_hypervolume(explore::hypervolume(view.box, points));
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
  if (!evaluations.empty() && exploration.front_boxes().empty())
    return failed_precondition(
        "exploration '{}' was measured by an earlier version, which did not store where hypervolume is taken; extend "
        "it "
        "by a few evaluations, and it does",
        id);
  v1::GetParetoFrontResponse response;
  for (const std::string& platform : asked) {
    RS_ASSIGN(*response.add_fronts(), front_on(exploration, platform, evaluations, conditions));
  }
  return response;
}

}  // namespace roofscape::server
