// What an axis of a front can show: the metrics of objectives and constraints, read from an evaluation.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "roofscape/v1/exploration.pb.h"

namespace roofscape::client::plot {

struct Metric {
  std::string_view name;  // "latency"
  std::string_view label;
  std::string_view unit;  // see tick_labels()
  bool measured = false;  // accuracy and its like; the others are prices
  bool logarithmic = false;
  bool larger_is_better = false;
};
// Nothing for a name that no picture can show.
const Metric* find_metric(std::string_view name);

// The value on that platform; nothing where a figure is missing.
std::optional<double> value_of(const Metric& metric, const v1::Evaluation& evaluation, const std::string& platform);

// The two axes of a job's pictures: what it measures (top1 where it can) against what it prices (latency where it can).
struct AxisPair {
  const Metric* x = nullptr;
  const Metric* y = nullptr;
};
AxisPair axes_for(std::span<const std::string> objectives);

// "latency@zcu104 <= 2 ms" as a line to draw.
struct LimitLine {
  const Metric* metric = nullptr;
  std::string platform;  // id; empty: all
  bool at_least = false;
  double value = 0;
  std::string text;
};
// Nothing for what is not of that form; the server judges constraints, pictures only show them.
std::optional<LimitLine> read_limit(std::string_view constraint);

}  // namespace roofscape::client::plot
