#include "client/plot/metric.h"

#include <array>
#include <utility>

#include "analytics/base/text.h"
#include "client/report/front_report.h"

namespace roofscape::client::plot {
namespace {

constexpr std::array<Metric, 12> kMetrics = {{
    {"top1", "top-1 accuracy", "%", true, false, true},
    {"top5", "top-5 accuracy", "%", true, false, true},
    {"loss", "cross entropy", "nats", true, false, false},
    {"agreement", "same answer as fp32", "%", true, false, true},
    {"snr", "signal to noise", "dB", true, false, true},
    {"latency", "latency", "s", false, true, false},
    {"throughput", "throughput", "images/s", false, true, true},
    {"energy", "energy an image", "J", false, true, false},
    {"weight_bytes", "weights", "B", false, true, false},
    {"lut", "look-up tables", "", false, true, false},
    {"dsp", "DSP blocks", "", false, true, false},
    {"bram", "block memories", "", false, true, false},
}};

std::optional<double> if_known(bool known, double value) { return known ? std::optional<double>(value) : std::nullopt; }

// Factor of a unit to SI base units; nothing for an unknown one.
std::optional<double> unit_factor(std::string_view unit) {
  static constexpr std::array<std::pair<std::string_view, double>, 19> kUnits = {{{"", 1},
                                                                                  {"s", 1},
                                                                                  {"ms", 1e-3},
                                                                                  {"us", 1e-6},
                                                                                  {"µs", 1e-6},
                                                                                  {"ns", 1e-9},
                                                                                  {"J", 1},
                                                                                  {"mJ", 1e-3},
                                                                                  {"uJ", 1e-6},
                                                                                  {"µJ", 1e-6},
                                                                                  {"nJ", 1e-9},
                                                                                  {"B", 1},
                                                                                  {"KB", 1e3},
                                                                                  {"MB", 1e6},
                                                                                  {"GB", 1e9},
                                                                                  {"KiB", 1024},
                                                                                  {"MiB", 1024. * 1024},
                                                                                  {"%", 0.01},
                                                                                  {"/s", 1}}};
  for (const auto& [name, factor] : kUnits)
    if (name == unit) return factor;
  return std::nullopt;
}

}  // namespace

const Metric* find_metric(std::string_view name) {
  for (const Metric& metric : kMetrics)
    if (metric.name == name) return &metric;
  return nullptr;
}

std::optional<double> value_of(const Metric& metric, const v1::Evaluation& evaluation, const std::string& platform) {
  const v1::Accuracy& a = evaluation.accuracy();
  if (metric.name == "top1") return a.top1();
  if (metric.name == "top5") return a.top5();
  if (metric.name == "loss") return a.loss_nats();
  if (metric.name == "agreement") return a.agreement();
  if (metric.name == "snr") return a.snr_db();
  const v1::Estimate* e = estimate_on(evaluation, platform);
  if (e == nullptr) return std::nullopt;
  if (metric.name == "latency") return e->latency_seconds();
  if (metric.name == "throughput") return e->throughput_per_second();
  if (metric.name == "energy") return if_known(e->has_energy_joules(), e->energy_joules());
  if (metric.name == "weight_bytes") return e->weight_bytes();
  if (metric.name == "lut") return if_known(e->has_lut_count(), e->lut_count());
  if (metric.name == "dsp") return if_known(e->has_dsp_count(), e->dsp_count());
  return if_known(e->has_bram18_count(), e->bram18_count());
}

AxisPair axes_for(std::span<const std::string> objectives) {
  AxisPair pair;
  std::vector<const Metric*> wanted;
  for (const std::string& objective : objectives) {
    // "maximise top1", "minimise latency@zcu104"
    std::string_view name = trim(objective);
    if (const auto space = name.find(' '); space != std::string_view::npos) name = trim(name.substr(space));
    if (const Metric* metric = find_metric(name.substr(0, name.find('@')))) wanted.push_back(metric);
  }
  const auto choose = [&](bool measured, std::string_view preferred) -> const Metric* {
    const Metric* first = nullptr;
    for (const Metric* metric : wanted) {
      if (metric->measured != measured) continue;
      if (metric->name == preferred) return metric;
      if (first == nullptr) first = metric;
    }
    return first;
  };
  pair.y = choose(true, "top1");
  pair.x = choose(false, "latency");
  // A job without one of the two kinds shows two of the other.
  const auto another = [&](const Metric* taken, std::string_view fallback) {
    for (const Metric* metric : wanted)
      if (metric != taken) return metric;
    return find_metric(fallback);
  };
  if (pair.x == nullptr) pair.x = another(pair.y, "latency");
  if (pair.y == nullptr) pair.y = another(pair.x, "top1");
  return pair;
}

std::optional<LimitLine> read_limit(std::string_view constraint) {
  const auto sign = constraint.find_first_of("<>");
  if (sign == std::string_view::npos || sign + 1 >= constraint.size()) return std::nullopt;
  LimitLine limit;
  limit.at_least = constraint[sign] == '>';
  limit.text = printable(trim(constraint));
  std::string_view name = trim(constraint.substr(0, sign));
  if (const auto at = name.find('@'); at != std::string_view::npos) {
    limit.platform = std::string(name.substr(at + 1));
    name = name.substr(0, at);
  }
  limit.metric = find_metric(name);
  std::string_view number = trim(constraint.substr(sign + (constraint[sign + 1] == '=' ? 2 : 1)));
  const auto end = number.find_first_not_of("0123456789.eE+-");
  const std::string_view unit = end == std::string_view::npos ? std::string_view() : trim(number.substr(end));
  const auto value = parse_double(trim(number.substr(0, end)));
  const auto factor = unit_factor(unit);
  if (limit.metric == nullptr || !value || !factor) return std::nullopt;
  limit.value = *value * *factor;
  return limit;
}

}  // namespace roofscape::client::plot
