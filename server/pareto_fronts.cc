#include <algorithm>

#include "analytics/base/text.h"
#include "proto/estimate_words.h"
#include "server/confirmation.h"
#include "server/evaluation_filter.h"
#include "server/exploration_view.h"
#include "server/front_choice.h"
#include "server/front_view.h"
#include "server/names.h"

namespace roofscape::server {
namespace {

void list_points(const FrontChoice& choice, v1::ParetoFront* front) {
  for (const FrontChoice::Listed& listed : choice.listed) {
    *front->add_evaluations() = *listed.evaluation;
    front->add_points()->mutable_stands_for()->Add(listed.stands_for.begin(), listed.stands_for.end());
  }
  front->mutable_left_out()->Add(choice.left_out.begin(), choice.left_out.end());
  front->set_listed_hypervolume(choice.hypervolume);
  if (choice.listed.empty()) return;
  front->mutable_recommended()->set_index(choice.listed[choice.recommended].evaluation->index());
  front->mutable_recommended()->set_reason(choice.reason);
}

// A price without a platform is that on the platform whose front is asked for.
std::vector<Condition> conditions_on(const std::string& platform, std::vector<Condition> conditions) {
  for (Condition& condition : conditions)
    if (search::info(condition.constraint.what.metric).per_platform && condition.constraint.what.platform.empty())
      condition.platforms = {platform};
  return conditions;
}

// What its prices leave open; the same of all points, as all are priced on one platform.
void add_notes(const FrontView& view, v1::ParetoFront* front) {
  for (const v1::Estimate& estimate : front->base().estimates()) {
    if (estimate.platform() != front->platform()) continue;
    if (!estimate.fit_not_known().empty())
      front->add_notes(fmt::format("whether points fit {} is not known, and none is left out for it: {}", view.platform,
                                   estimate.fit_not_known()));
    for (const search::Objective& objective : view.objectives)
      if (objective.what.metric == search::Metric::kEnergy && estimate.energy_basis() != v1::ENERGY_BASIS_UNSPECIFIED)
        front->add_notes("energy rests on " + energy_basis_in_full(estimate.energy_basis()));
  }
}

Result<v1::ParetoFront> front_on(const v1::Exploration& exploration, const std::string& platform,
                                 const std::vector<v1::Evaluation>& evaluations,
                                 const std::vector<Condition>& conditions, const ChoiceOptions& options) {
  v1::ParetoFront front;
  front.set_platform(resource_name(kPlatforms, platform));
  *front.mutable_objectives() = exploration.spec().objectives();
  if (evaluations.empty()) return front;
  *front.mutable_base() = evaluations[0];
  const v1::FrontBox* box = box_on(exploration, platform);
  if (box == nullptr) return front;  // no objective concerns it
  *front.mutable_box() = *box;
  RS_ASSIGN(const FrontView view, view_of(*box, platform));
  const FrontPoints points = front_points(view, evaluations, conditions);
  front.set_point_count(static_cast<std::int64_t>(points.evaluations.size()));
  front.set_hypervolume(points.hypervolume);
  list_points(choose(view, points.evaluations, evaluations[0], options), &front);
  add_notes(view, &front);
  return front;
}

}  // namespace

Result<std::vector<v1::Evaluation>> evaluations_with_boxes(Backend& backend, const v1::Exploration& exploration) {
  RS_ASSIGN(const std::string id, parse_name(kExplorations, exploration.name(), "name"));
  RS_ASSIGN(auto evaluations, all_evaluations(backend, id));
  if (!evaluations.empty() && exploration.front_boxes().empty())
    return failed_precondition(
        "exploration '{}' was measured by an earlier version, which did not store where hypervolume is taken; extend "
        "it by a few evaluations, and it does",
        id);
  return evaluations;
}

Result<v1::GetParetoFrontResponse> pareto_fronts(Backend& backend, const v1::GetParetoFrontRequest& request) {
  RS_ASSIGN(const std::string id, parse_name(kExplorations, request.name(), "name"));
  RS_ASSIGN(const v1::Exploration exploration, backend.store->get_exploration(id));
  const std::vector<std::string> platforms = platform_ids(exploration);
  std::vector<Condition> conditions;
  for (int i = 0; i < request.where_size(); ++i) {
    RS_ASSIGN(Condition condition, parse_condition(request.where(i), platforms, fmt::format("where[{}]", i)));
    conditions.push_back(std::move(condition));
  }
  constexpr std::int32_t kMostPicked = 1000;
  if (request.pick() < 0 || request.pick() > kMostPicked)
    return out_of_range("pick is {}; use 1 to {}, or 0 for all", request.pick(), kMostPicked).at("pick");
  const ChoiceOptions options{static_cast<std::size_t>(request.pick()), request.show_all()};
  std::vector<std::string> asked = platforms;
  if (!request.platform().empty()) {
    RS_ASSIGN(const std::string platform, parse_name(kPlatforms, request.platform(), "platform"));
    if (std::find(platforms.begin(), platforms.end(), platform) == platforms.end())
      return invalid_argument("platform '{}' is not one of the exploration's{}", platform,
                              suggestion(platform, platforms))
          .at("platform");
    asked = {platform};
  }
  RS_ASSIGN(const auto evaluations, evaluations_with_boxes(backend, exploration));
  v1::GetParetoFrontResponse response;
  for (const std::string& platform : asked) {
    RS_ASSIGN(v1::ParetoFront front,
              front_on(exploration, platform, evaluations, conditions_on(platform, conditions), options));
    RS_TRY(add_confirmed(backend, exploration, &front));
    *response.add_fronts() = std::move(front);
  }
  return response;
}

}  // namespace roofscape::server
