#include "server/evaluation_filter.h"

#include <algorithm>

#include "analytics/base/text.h"
#include "server/metric_value.h"

namespace roofscape::server {
namespace {

constexpr std::size_t kMostConditions = 100;

// The platforms on which a reference is looked at: the one that it names, every one of the job, or none ("").
Result<std::vector<std::string>> platforms_of(const search::MetricRef& ref, const std::vector<std::string>& ids) {
  if (!search::info(ref.metric).per_platform) return std::vector<std::string>{""};
  if (ref.platform.empty()) return ids;
  if (std::find(ids.begin(), ids.end(), ref.platform) == ids.end())
    return invalid_argument("platform '{}' is not one of the exploration's{}", printable(ref.platform),
                            suggestion(ref.platform, ids));
  return std::vector<std::string>{ref.platform};
}

}  // namespace

std::vector<std::string> platform_ids(const v1::Exploration& exploration) {
  std::vector<std::string> ids;
  for (const std::string& name : exploration.spec().platforms()) ids.push_back(name.substr(name.find('/') + 1));
  return ids;
}

bool Condition::holds(const v1::Evaluation& evaluation) const {
  bool known = false;
  for (const std::string& platform : platforms) {
    const auto value = metric_value(constraint.what.metric, evaluation, platform);
    if (value && search::violation(constraint, *value) > 0) return false;
    known = known || value.has_value();
  }
  return known;
}

bool all_hold(const std::vector<Condition>& conditions, const v1::Evaluation& evaluation) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const auto& c) { return c.holds(evaluation); });
}

bool ImageCount::is_short_of(search::Metric metric, const v1::Evaluation& evaluation) const {
  return search::info(metric).measured && evaluation.counts().image_count() < all;
}

bool ImageCount::holds(const std::vector<Condition>& conditions, const v1::Evaluation& evaluation) const {
  return all_hold(conditions, evaluation) && std::none_of(conditions.begin(), conditions.end(), [&](const auto& c) {
           return is_short_of(c.constraint.what.metric, evaluation);
         });
}

Result<Condition> parse_condition(std::string_view text, const std::vector<std::string>& ids,
                                  const std::string& field) {
  auto constraint = search::parse_constraint(text);
  if (!constraint.ok()) return constraint.status().at(field);
  auto platforms = platforms_of(constraint->what, ids);
  if (!platforms.ok()) return platforms.status().at(field);
  return Condition{*std::move(constraint), *std::move(platforms)};
}

Result<std::vector<Condition>> parse_filter(std::string_view text, const std::vector<std::string>& ids) {
  constexpr std::string_view kAnd = " AND ";
  std::vector<Condition> conditions;
  while (!trim(text).empty()) {
    if (conditions.size() == kMostConditions)
      return invalid_argument("the filter has more than {} conditions", kMostConditions).at("filter");
    const std::size_t end = text.find(kAnd);
    RS_ASSIGN(Condition condition, parse_condition(trim(text.substr(0, end)), ids, "filter"));
    conditions.push_back(std::move(condition));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + kAnd.size());
  }
  return conditions;
}

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

}  // namespace roofscape::server
