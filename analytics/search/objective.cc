#include "analytics/search/objective.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "analytics/base/text.h"

namespace roofscape::search {
namespace {

const std::array<MetricInfo, 13> kMetrics = {{
    {Metric::kTop1, "top1", true, false, true, "", "Share of images whose label is the largest output."},
    {Metric::kTop5, "top5", true, false, true, "", "Share of images whose label is among the five largest outputs."},
    {Metric::kLoss, "loss", true, false, false, "nat", "Mean cross entropy of the labels."},
    {Metric::kAgreement, "agreement", true, false, true, "",
     "Share of images on which the base network says the same."},
    {Metric::kSnr, "snr", true, false, true, "dB",
     "Mean signal-to-noise ratio of the outputs against the base network."},
    {Metric::kLatency, "latency", false, true, false, "s", "Time of one batch."},
    {Metric::kThroughput, "throughput", false, true, true, "/s", "Images a second in steady state."},
    {Metric::kEnergy, "energy", false, true, false, "J", "Energy of one image."},
    {Metric::kWeightBytes, "weight_bytes", false, false, false, "B", "Weights as stored, indexes and scales included."},
    {Metric::kMacs, "macs", false, false, false, "", "Multiply-accumulates of one image."},
    {Metric::kLut, "lut", false, true, false, "", "Look-up tables that an FPGA needs."},
    {Metric::kDsp, "dsp", false, true, false, "", "DSP blocks that an FPGA needs."},
    {Metric::kBram, "bram", false, true, false, "", "Block memories of 18 Kbit that an FPGA needs."},
}};

// A unit stands for `numerator / denominator` base units: dividing by 1000 rounds once where multiplying by 1e-3 would
// round twice, so that "2 ms" is exactly the double 0.002.
struct Unit {
  std::string_view name, base;
  double numerator, denominator;
};
constexpr double kKi = 1024;
constexpr Unit kUnits[] = {
    {"s", "s", 1, 1},    {"ms", "s", 1, 1e3},  {"us", "s", 1, 1e6},       {"µs", "s", 1, 1e6},
    {"μs", "s", 1, 1e6}, {"ns", "s", 1, 1e9},  {"J", "J", 1, 1},          {"mJ", "J", 1, 1e3},
    {"uJ", "J", 1, 1e6}, {"µJ", "J", 1, 1e6},  {"μJ", "J", 1, 1e6},       {"nJ", "J", 1, 1e9},
    {"B", "B", 1, 1},    {"KB", "B", 1e3, 1},  {"kB", "B", 1e3, 1},       {"MB", "B", 1e6, 1},
    {"GB", "B", 1e9, 1}, {"KiB", "B", kKi, 1}, {"MiB", "B", kKi* kKi, 1}, {"GiB", "B", kKi* kKi* kKi, 1},
    {"/s", "/s", 1, 1},  {"dB", "dB", 1, 1},   {"nat", "nat", 1, 1},      {"nats", "nat", 1, 1},
    {"%", "%", 1, 100},
};

// Top-1, top-5 and agreement lie between 0 and 1 and may be written in per cent.
bool is_share(const MetricInfo& metric) {
  return metric.metric == Metric::kTop1 || metric.metric == Metric::kTop5 || metric.metric == Metric::kAgreement;
}

// "s, ms, us or ns": what may follow a limit of this metric; empty where only a bare number may.
std::string units_of(const MetricInfo& metric) {
  const std::string_view base = is_share(metric) ? "%" : std::string_view(metric.unit);
  std::vector<std::string_view> names;
  for (const Unit& unit : kUnits) {
    const bool ascii = std::all_of(unit.name.begin(), unit.name.end(), [](char c) { return (c & 0x80) == 0; });
    if (unit.base == base && ascii && unit.name != "kB" && unit.name != "nats") names.push_back(unit.name);
  }
  if (names.empty()) return "";
  const std::string_view last = names.back();
  names.pop_back();
  return names.empty() ? std::string(last) : fmt::format("{} or {}", fmt::join(names, ", "), last);
}

std::vector<std::string> metric_names() {
  std::vector<std::string> names;
  for (const MetricInfo& metric : kMetrics) names.push_back(metric.name);
  return names;
}

// "latency@zcu104" or "top1".
Result<MetricRef> parse_metric(std::string_view text) {
  const auto at = text.find('@');
  const std::string_view name = trim(text.substr(0, at));
  RS_ASSIGN(const Metric metric, find_metric(name));
  MetricRef ref{metric, {}};
  if (at == std::string_view::npos) return ref;
  const std::string_view platform = trim(text.substr(at + 1));
  if (!info(metric).per_platform)
    return invalid_argument("'{}' does not depend on the platform; write '{}' without '@{}'", name, name,
                            printable(platform));
  if (!is_resource_id(platform))
    return invalid_argument("'{}' is no platform id; write '{}@' and 1 to 63 of a-z, 0-9, '-', '_', '.'",
                            printable(platform), name);
  ref.platform = platform;
  return ref;
}

Result<double> parse_limit(const MetricInfo& metric, std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number))
    return invalid_argument("'{}' is no limit; write a number{}", printable(text),
                            units_of(metric).empty() ? "" : ", with or without a unit: " + units_of(metric));
  const std::string_view written = trim(text.substr(static_cast<std::size_t>(end - text.data())));
  if (!written.empty()) {
    const std::string_view base = is_share(metric) ? "%" : std::string_view(metric.unit);
    const auto unit = std::find_if(std::begin(kUnits), std::end(kUnits),
                                   [&](const Unit& u) { return u.name == written && u.base == base; });
    if (unit == std::end(kUnits))
      return invalid_argument(
          "'{}' is no unit of {}; {}", printable(written), metric.name,
          units_of(metric).empty() ? std::string("it is a bare number") : "use " + units_of(metric));
    number = number * unit->numerator / unit->denominator;
  }
  if (!std::isfinite(number)) return invalid_argument("'{}' is beyond what a number holds", printable(text));
  if (is_share(metric) && (number < 0 || number > 1))
    return out_of_range("{} is a share from 0 to 1, not {}; write a value such as 0.85 or 85 %", metric.name,
                        printable(text));
  if (metric.metric != Metric::kSnr && number < 0)
    return out_of_range("{} is never negative, so no limit of it may be; '{}' is", metric.name, printable(text));
  return number;
}

}  // namespace

std::span<const MetricInfo> metrics() { return kMetrics; }

const MetricInfo& info(Metric metric) {
  const auto found =
      std::find_if(kMetrics.begin(), kMetrics.end(), [&](const MetricInfo& entry) { return entry.metric == metric; });
  RS_CHECK(found != kMetrics.end());
  return *found;
}

Result<Metric> find_metric(std::string_view name) {
  for (const MetricInfo& metric : kMetrics)
    if (metric.name == name) return metric.metric;
  return invalid_argument("'{}' is no metric{}", printable(name), suggestion(name, metric_names()));
}

Result<Objective> parse_objective(std::string_view text) {
  const std::string_view all = trim(text);
  const auto space = all.find_first_of(" \t\r\n");
  const std::string_view verb = all.substr(0, space);
  const bool maximise = verb == "maximise" || verb == "maximize";
  const bool minimise = verb == "minimise" || verb == "minimize";
  if ((!maximise && !minimise) || space == std::string_view::npos)
    return invalid_argument(
        "'{}' is no objective; write 'maximise' or 'minimise' and a metric, such as 'maximise top1'", printable(text));
  RS_ASSIGN(MetricRef ref, parse_metric(trim(all.substr(space))));
  const MetricInfo& metric = info(ref.metric);
  if (metric.larger_is_better != maximise)
    return invalid_argument("{} is better when {}; write '{} {}'", metric.name,
                            metric.larger_is_better ? "larger" : "smaller",
                            metric.larger_is_better ? "maximise" : "minimise", to_string(ref));
  return Objective{std::move(ref), maximise};
}

Result<Constraint> parse_constraint(std::string_view text) {
  const auto at = text.find_first_of("<>=");
  const std::string_view from = at == std::string_view::npos ? std::string_view() : text.substr(at);
  if (!from.starts_with(">=") && !from.starts_with("<="))
    return invalid_argument("'{}' is no constraint; write a metric, '>=' or '<=', and a limit, such as 'top1 >= 0.85'",
                            printable(text));
  RS_ASSIGN(MetricRef ref, parse_metric(trim(text.substr(0, at))));
  RS_ASSIGN(const double limit, parse_limit(info(ref.metric), trim(from.substr(2))));
  return Constraint{std::move(ref), from.front() == '>', limit, std::string(trim(text))};
}

double violation(const Constraint& constraint, double value) {
  const double excess = constraint.at_least ? constraint.limit - value : value - constraint.limit;
  if (std::isnan(excess)) return std::numeric_limits<double>::infinity();
  return excess <= 0 ? 0 : excess / std::max(std::abs(constraint.limit), 1e-12);
}

std::string to_string(const MetricRef& ref) {
  const std::string& name = info(ref.metric).name;
  return ref.platform.empty() ? name : name + "@" + ref.platform;
}

}  // namespace roofscape::search
