// What to reach and what to respect, as people write it:
//
//   parse_objective("maximise top1")                 parse_objective("minimise latency@zcu104")
//   parse_constraint("top1 >= 0.85")                 parse_constraint("latency@raspberry-pi-4 <= 2 ms")
//
// Metrics: top1, top5, loss, agreement, snr (measured); latency, throughput, energy, weight_bytes, macs, lut, dsp,
// bram (priced). Priced ones other than weight_bytes and macs belong to a platform: `@id` names one; without it an
// objective or constraint holds on every platform of the job. Units: s ms us ns; J mJ uJ nJ; B KB MB GB KiB MiB GiB;
// % for shares; /s for throughput. A bare number is in SI base units.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"

namespace roofscape::search {

enum class Metric {
  kTop1,
  kTop5,
  kLoss,
  kAgreement,
  kSnr,
  kLatency,
  kThroughput,
  kEnergy,
  kWeightBytes,
  kMacs,
  kLut,
  kDsp,
  kBram
};

struct MetricInfo {
  Metric metric;
  std::string name;  // "latency"
  bool measured;     // needs the engine; otherwise exact from the cost model
  bool per_platform;
  bool larger_is_better;
  std::string unit;  // "s", "J", "B", "" …
  std::string text;  // one sentence
};
std::span<const MetricInfo> metrics();
const MetricInfo& info(Metric metric);
Result<Metric> find_metric(std::string_view name);

struct MetricRef {
  Metric metric = Metric::kTop1;
  std::string platform;  // empty: none, or every platform of the job
  bool operator==(const MetricRef&) const = default;
};

struct Objective {
  MetricRef what;
  bool maximise = true;
  bool operator==(const Objective&) const = default;
};
struct Constraint {
  MetricRef what;
  bool at_least = true;  // >=, otherwise <=
  double limit = 0;      // SI base units
  std::string text;      // as written
  bool operator==(const Constraint&) const = default;
};

Result<Objective> parse_objective(std::string_view text);
Result<Constraint> parse_constraint(std::string_view text);
// How far `value` breaks the constraint: 0 when it holds, else relative to max(|limit|, tiny).
double violation(const Constraint& constraint, double value);
std::string to_string(const MetricRef& ref);

}  // namespace roofscape::search
