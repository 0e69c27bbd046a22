#include "server/exploration_view.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "analytics/base/text.h"
#include "analytics/network/onnx_export.h"
#include "analytics/search/pareto.h"
#include "server/evaluate.h"
#include "server/evaluation_source.h"
#include "server/metric_value.h"
#include "server/names.h"
#include "server/paging.h"

namespace roofscape::server {
namespace {

constexpr std::int64_t kRowsAtOnce = 1000;
constexpr std::size_t kMostConditions = 100;

std::vector<std::string> platform_ids(const v1::Exploration& exploration) {
  std::vector<std::string> ids;
  for (const std::string& name : exploration.spec().platforms()) ids.push_back(name.substr(name.find('/') + 1));
  return ids;
}

// The platforms on which a reference is looked at: the one that it names, every one of the job, or none ("").
Result<std::vector<std::string>> platforms_of(const search::MetricRef& ref, const std::vector<std::string>& ids) {
  if (!search::info(ref.metric).per_platform) return std::vector<std::string>{""};
  if (ref.platform.empty()) return ids;
  if (std::find(ids.begin(), ids.end(), ref.platform) == ids.end())
    return invalid_argument("platform '{}' is not one of the exploration's{}", printable(ref.platform),
                            suggestion(ref.platform, ids));
  return std::vector<std::string>{ref.platform};
}

// A condition that an evaluation meets or not.
struct Condition {
  search::Constraint constraint;
  std::vector<std::string> platforms;

  // A platform without the figure (look-up tables of a processor) says nothing, unless the condition names it; where
  // none has it, nothing holds.
  bool holds(const v1::Evaluation& evaluation) const {
    bool known = false;
    for (const std::string& platform : platforms) {
      const auto value = metric_value(constraint.what.metric, evaluation, platform);
      if (value && search::violation(constraint, *value) > 0) return false;
      known = known || value.has_value();
    }
    return known;
  }
};

Result<Condition> condition_of(std::string_view text, const std::vector<std::string>& ids, const std::string& field) {
  auto constraint = search::parse_constraint(text);
  if (!constraint.ok()) return constraint.status().at(field);
  auto platforms = platforms_of(constraint->what, ids);
  if (!platforms.ok()) return platforms.status().at(field);
  return Condition{*std::move(constraint), *std::move(platforms)};
}

bool all_hold(const std::vector<Condition>& conditions, const v1::Evaluation& evaluation) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const auto& c) { return c.holds(evaluation); });
}

// "top1 >= 0.9 AND latency@zcu104 <= 1 ms".
Result<std::vector<Condition>> parse_filter(std::string_view text, const std::vector<std::string>& ids) {
  constexpr std::string_view kAnd = " AND ";
  std::vector<Condition> conditions;
  while (!trim(text).empty()) {
    if (conditions.size() == kMostConditions)
      return invalid_argument("the filter has more than {} conditions", kMostConditions).at("filter");
    const std::size_t end = text.find(kAnd);
    RS_ASSIGN(Condition condition, condition_of(trim(text.substr(0, end)), ids, "filter"));
    conditions.push_back(std::move(condition));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + kAnd.size());
  }
  return conditions;
}

struct Order {
  search::Metric metric = search::Metric::kTop1;
  std::string platform;
  bool descending = false;
};

// "top1 desc", "latency@zcu104", "latency@zcu104 asc".
Result<Order> parse_order(std::string_view text, const std::vector<std::string>& ids) {
  Order order;
  std::string_view what = trim(text);
  for (const std::string_view direction : {" asc", " desc"})
    if (what.ends_with(direction)) {
      order.descending = direction == " desc";
      what = trim(what.substr(0, what.size() - direction.size()));
      break;
    }
  // Either way is an order, though only one of them is an objective.
  auto objective = search::parse_objective(fmt::format("minimise {}", what));
  if (!objective.ok()) objective = search::parse_objective(fmt::format("maximise {}", what));
  if (!objective.ok())
    return invalid_argument("order_by '{}' is not a metric, with ' desc' or ' asc' behind it: {}", printable(text),
                            objective.status().message())
        .at("order_by");
  order.metric = objective->what.metric;
  auto platforms = platforms_of(objective->what, ids);
  if (!platforms.ok()) return platforms.status().at("order_by");
  if (platforms->size() != 1)
    return invalid_argument("order_by '{}' leaves the platform open; write {}@ID", printable(text), printable(what))
        .at("order_by");
  order.platform = platforms->front();
  return order;
}

Result<std::vector<v1::Evaluation>> all_evaluations(Backend& backend, const std::string& id) {
  std::vector<v1::Evaluation> all;
  for (;;) {
    const std::int64_t first = all.empty() ? 0 : all.back().index() + 1;
    RS_ASSIGN(auto rows, backend.store->list_evaluations(id, first, kRowsAtOnce));
    for (v1::Evaluation& row : rows) all.push_back(std::move(row));
    if (static_cast<std::int64_t>(rows.size()) < kRowsAtOnce) return all;
  }
}

// Where an evaluation stands in an ordered list: those without value last, equal ones by index.
struct Place {
  bool missing = false;
  double value = 0;  // negated where the order descends
  std::int64_t index = 0;

  auto key() const { return std::tuple(missing, value, index); }
  std::string text() const { return fmt::format("{} {:a} {}", missing ? 1 : 0, value, index); }
};

Place place_of(const Order& order, const v1::Evaluation& evaluation) {
  const auto value = metric_value(order.metric, evaluation, order.platform);
  if (!value || std::isnan(*value)) return {true, 0, evaluation.index()};
  return {false, order.descending ? -*value : *value, evaluation.index()};
}

Result<Place> parse_place(const std::string& text) {
  const auto parts = split(text, ' ');
  if (parts.size() == 3) {
    const auto index = parse_int(parts[2]);
    const std::string value(parts[1]);
    char* end = nullptr;
    const double parsed = std::strtod(value.c_str(), &end);
    if (index && end == value.c_str() + value.size() && !value.empty()) return Place{parts[0] == "1", parsed, *index};
  }
  return invalid_argument("the page_token is damaged; give the next_page_token of the response before")
      .at("page_token");
}

Status list_in_order(Backend& backend, const std::string& id, const Order& order,
                     const std::vector<Condition>& conditions, const std::string& after, int size, const Digest& list,
                     v1::ListEvaluationsResponse* response) {
  RS_ASSIGN(auto rows, all_evaluations(backend, id));
  std::vector<std::pair<Place, const v1::Evaluation*>> places;
  std::optional<Place> start;
  if (!after.empty()) {
    RS_ASSIGN(start, parse_place(after));
  }
  for (const v1::Evaluation& row : rows) {
    const Place place = place_of(order, row);
    if ((!start || place.key() > start->key()) && all_hold(conditions, row)) places.emplace_back(place, &row);
  }
  std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.first.key() < b.first.key(); });
  const auto shown = std::min(places.size(), static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < shown; ++i) *response->add_evaluations() = *places[i].second;
  if (shown < places.size()) response->set_next_page_token(write_token(places[shown - 1].first.text(), list));
  return {};
}

Status list_by_index(Backend& backend, const std::string& id, const std::vector<Condition>& conditions,
                     const std::string& after, int size, const Digest& list, v1::ListEvaluationsResponse* response) {
  std::int64_t first = 0;
  if (!after.empty()) {
    const auto index = parse_int(after);
    if (!index) return parse_place(after).status();
    first = *index + 1;
  }
  for (;;) {
    RS_ASSIGN(auto rows, backend.store->list_evaluations(id, first, kRowsAtOnce));
    for (v1::Evaluation& row : rows) {
      first = row.index() + 1;
      if (!all_hold(conditions, row)) continue;
      if (response->evaluations_size() == size) {
        const std::int64_t last = response->evaluations(size - 1).index();
        response->set_next_page_token(write_token(fmt::format("{}", last), list));
        return {};
      }
      *response->add_evaluations() = std::move(row);
    }
    if (static_cast<std::int64_t>(rows.size()) < kRowsAtOnce) return {};
  }
}

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
  return search::hypervolume(scaled, search::Values(count, 1));
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

Result<v1::ListEvaluationsResponse> list_evaluations(Backend& backend, const v1::ListEvaluationsRequest& request) {
  RS_ASSIGN(const std::string id, parse_name(kExplorations, request.parent(), "parent"));
  RS_ASSIGN(const v1::Exploration exploration, backend.store->get_exploration(id));
  const std::vector<std::string> platforms = platform_ids(exploration);
  RS_ASSIGN(const int size, page_size(request.page_size()));
  RS_ASSIGN(const auto conditions, parse_filter(request.filter(), platforms));
  const Digest list = Hasher("list-evaluations/1").add(id).add(request.filter()).add(request.order_by()).finish();
  RS_ASSIGN(const std::string after, read_token(request.page_token(), list));
  v1::ListEvaluationsResponse response;
  if (trim(request.order_by()).empty()) {
    RS_TRY(list_by_index(backend, id, conditions, after, size, list, &response));
  } else {
    RS_ASSIGN(const Order order, parse_order(request.order_by(), platforms));
    RS_TRY(list_in_order(backend, id, order, conditions, after, size, list, &response));
  }
  return response;
}

Result<v1::GetParetoFrontResponse> pareto_fronts(Backend& backend, const v1::GetParetoFrontRequest& request) {
  RS_ASSIGN(const std::string id, parse_name(kExplorations, request.name(), "name"));
  RS_ASSIGN(const v1::Exploration exploration, backend.store->get_exploration(id));
  const std::vector<std::string> platforms = platform_ids(exploration);
  std::vector<Condition> conditions;
  for (int i = 0; i < request.where_size(); ++i) {
    RS_ASSIGN(Condition condition, condition_of(request.where(i), platforms, fmt::format("where[{}]", i)));
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

Result<v1::Evaluation> evaluation_in_full(Backend& backend, const v1::GetEvaluationRequest& request,
                                          const CancelToken* cancel) {
  RS_ASSIGN(const EvaluationName name, parse_evaluation_name(request.name(), "name"));
  RS_ASSIGN(const v1::Exploration exploration, backend.store->get_exploration(name.exploration));
  RS_ASSIGN(v1::Evaluation evaluation, backend.store->get_evaluation(name.exploration, name.index));
  RS_ASSIGN(const EvaluationSource source, rebuild_evaluation(backend, exploration, evaluation, cancel));
  RS_ASSIGN(const std::int64_t batch, checked_batch(exploration.spec().batch()));
  set_design(source.network, &evaluation);
  for (v1::Estimate& estimate : *evaluation.mutable_estimates()) {
    const std::string id = estimate.platform().substr(kPlatforms.size() + 1);
    const auto platform = backend.platforms.get(id);
    const auto then = exploration.content_keys().find(estimate.platform());
    // A platform that was replaced since would price the layers otherwise than the total says.
    if (!platform.ok() || then == exploration.content_keys().end() || then->second != content_key(*platform).hex()) {
      estimate.add_notes(fmt::format("platform '{}' was changed since: its layers cannot be shown", id));
      continue;
    }
    v1::Evaluation priced;
    RS_TRY(add_estimates(source.network, {{id, std::make_shared<const v1::Platform>(*platform)}}, batch, &priced));
    estimate.mutable_layers()->Swap(priced.mutable_estimates(0)->mutable_layers());
  }
  return evaluation;
}

Result<std::string> export_evaluation(Backend& backend, const v1::ExportEvaluationRequest& request,
                                      const CancelToken* cancel) {
  RS_ASSIGN(const EvaluationName name, parse_evaluation_name(request.name(), "name"));
  RS_ASSIGN(const v1::Exploration exploration, backend.store->get_exploration(name.exploration));
  RS_ASSIGN(const v1::Evaluation evaluation, backend.store->get_evaluation(name.exploration, name.index));
  RS_ASSIGN(const EvaluationSource source, rebuild_evaluation(backend, exploration, evaluation, cancel));
  RS_ASSIGN(const std::string model, parse_name(kModels, exploration.spec().model(), "model"));
  return export_onnx(source.network, {.model_name = fmt::format("{}-{}-{}", model, name.exploration, name.index)});
}

}  // namespace roofscape::server
