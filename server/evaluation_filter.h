// Conditions on evaluations, and orders of them, as people write them in lists and fronts.
//
//   RS_ASSIGN(auto conditions, parse_filter("top1 >= 0.9 AND latency@zcu104 <= 1 ms", platform_ids(exploration)));
//   if (all_hold(conditions, evaluation)) …
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/search/objective.h"
#include "roofscape/v1/exploration.pb.h"

namespace roofscape::server {

// Ids of the exploration's platforms, in its order.
std::vector<std::string> platform_ids(const v1::Exploration& exploration);

// A condition that an evaluation meets or not.
struct Condition {
  search::Constraint constraint;
  std::vector<std::string> platforms;  // on all of which it must hold; {""} for metrics without platform

  // A platform without the figure (look-up tables of a processor) says nothing, unless the condition names it; where
  // none has it, nothing holds.
  bool holds(const v1::Evaluation& evaluation) const;
};
bool all_hold(const std::vector<Condition>& conditions, const v1::Evaluation& evaluation);

// What was measured of an evaluation that was out early is of fewer images than everything else: it meets no limit and
// has no place in an order.
struct ImageCount {
  std::int64_t all = 0;  // on which the base network was measured

  bool is_short_of(search::Metric metric, const v1::Evaluation& evaluation) const;
  bool holds(const std::vector<Condition>& conditions, const v1::Evaluation& evaluation) const;
};

// `ids`: the platforms that may be named; `field`: where the text stood.
Result<Condition> parse_condition(std::string_view text, const std::vector<std::string>& ids, const std::string& field);
Result<std::vector<Condition>> parse_filter(std::string_view text, const std::vector<std::string>& ids);

struct Order {
  search::Metric metric = search::Metric::kTop1;
  std::string platform;  // empty for metrics without platform
  bool descending = false;
};
// "top1 desc", "latency@zcu104", "latency@zcu104 asc".
Result<Order> parse_order(std::string_view text, const std::vector<std::string>& ids);

}  // namespace roofscape::server
