// Values of metrics for an evaluation as it is stored: what filters, orders, fronts and checks look at.
//
//   std::optional<double> v = metric_value(search::Metric::kLatency, evaluation, "zcu104");
#pragma once

#include <optional>
#include <string_view>

#include "analytics/search/objective.h"
#include "roofscape/v1/evaluation.pb.h"

namespace roofscape::server {

// Of the platform (by id); nullptr where there is none.
const v1::Estimate* find_estimate(const v1::Evaluation& evaluation, std::string_view platform);
// The same, or an empty one.
const v1::Estimate& estimate_on(const v1::Evaluation& evaluation, std::string_view platform);

// In SI base units. Nothing where the evaluation has no estimate for the platform (by id), or the figure is missing.
std::optional<double> metric_value(search::Metric metric, const v1::Evaluation& evaluation, std::string_view platform);

// 90 % interval of the same value: of latency, throughput and energy, where the platform is calibrated.
std::optional<v1::Interval> metric_interval(search::Metric metric, const v1::Evaluation& evaluation,
                                            std::string_view platform);

// A value with its unit, for sentences: "2.31 ms", "0.9871", "64 KiB".
std::string value_text(search::Metric metric, double value);

}  // namespace roofscape::server
