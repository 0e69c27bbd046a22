#include "analytics/calibrate/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "analytics/base/rank_correlation.h"
#include "analytics/base/text.h"
#include "analytics/calibrate/fit.h"
#include "analytics/calibrate/layouts.h"
#include "analytics/calibrate/observation.h"
#include "roofscape/v1/calibration.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::calibrate {
namespace {

constexpr std::array<v1::ValidationGrade, kUnseenKinds> kGrades = {v1::UNSEEN_ROW, v1::UNSEEN_NETWORK,
                                                                   v1::UNSEEN_PLATFORM, v1::UNSEEN_FAMILY};

using Residuals = std::array<std::vector<UnseenResidual>, kUnseenKinds>;

// Sums and counts of ln(measured / ceiling's time), of which a group's own can be taken away again.
class Means {
 public:
  void add(const std::string& key, double value) {
    sums_[key].first += value;
    ++sums_[key].second;
  }
  // Of `key` without what `without` holds of it; nothing where no row is left.
  std::optional<double> mean(const std::string& key, double sum, int count) const {
    const auto found = sums_.find(key);
    if (found == sums_.end() || found->second.second <= count) return std::nullopt;
    return (found->second.first - sum) / (found->second.second - count);
  }
  std::pair<double, int> of(const std::string& key) const {
    const auto found = sums_.find(key);
    return found == sums_.end() ? std::pair<double, int>{} : found->second;
  }

 private:
  std::map<std::string, std::pair<double, int>> sums_;
};

// ln of measured over the one-factor baseline's time.
class Baseline {
 public:
  explicit Baseline(std::span<const Observation> rows) {
    for (const Observation& row : rows)
      for (const std::string& key : {format(row), network(row), family(row), platform(row), of_class(row)})
        means_.add(key, ratio(row));
  }

  double residual(const Observation& row, Unseen unseen) const {
    std::optional<double> factor;
    const auto [network_sum, network_count] = means_.of(network(row));
    const auto [platform_sum, platform_count] = means_.of(platform(row));
    const auto [family_sum, family_count] = means_.of(family(row));
    if (unseen == kUnseenRow) factor = means_.mean(format(row), ratio(row), 1);
    if (unseen == kUnseenNetwork) factor = means_.mean(format(row), network_sum, network_count);
    if (!factor && unseen != kUnseenFamily) factor = means_.mean(family(row), platform_sum, platform_count);
    if (!factor) factor = means_.mean(of_class(row), family_sum, family_count);
    return ratio(row) - factor.value_or(0);
  }

 private:
  // Over the ceiling alone, as a datasheet gives it.
  static double ratio(const Observation& row) { return row.log_seconds - std::log(row.load.arithmetic().value()); }
  static std::string format(const Observation& row) { return "p " + row.key.platform + "|" + row.format; }
  static std::string network(const Observation& row) { return format(row) + "|" + row.network; }
  static std::string platform(const Observation& row) { return "l " + row.key.platform; }
  static std::string family(const Observation& row) { return "f " + row.key.device_class + "|" + row.key.family; }
  static std::string of_class(const Observation& row) { return "c " + row.key.device_class; }

  Means means_;
};

struct Point {
  double residual = 0, baseline = 0, measured = 0;
  bool covered = false;
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

// |predicted / measured − 1|
double error_of(double residual) { return std::abs(std::exp(-residual) - 1); }

v1::ValidationSummary summarise(const std::string& group, Unseen unseen, const std::vector<Point>& points) {
  v1::ValidationSummary summary;
  summary.set_group(group);
  summary.set_grade(kGrades[unseen]);
  summary.set_row_count(static_cast<int>(points.size()));
  std::vector<double> errors, baseline, predicted, measured;
  double sum = 0, covered = 0;
  for (const Point& point : points) {
    errors.push_back(error_of(point.residual));
    baseline.push_back(error_of(point.baseline));
    predicted.push_back(std::log(point.measured) - point.residual);
    measured.push_back(std::log(point.measured));
    sum -= point.residual;
    covered += point.covered;
  }
  const auto count = static_cast<double>(points.size());
  summary.set_geometric_mean_ratio(std::exp(sum / count));
  summary.set_median_error(median(errors));
  summary.set_mean_error(std::accumulate(errors.begin(), errors.end(), 0.0) / count);
  summary.set_rank_correlation(rank_correlation(predicted, measured));
  summary.set_coverage(covered / count);
  summary.set_baseline_median_error(median(baseline));
  return summary;
}

// Of a row that is more than twice as fast or slow as the model says that has seen most of its platform.
std::string likely_reason(const Observation& row, Unseen unseen, double residual) {
  if (std::abs(residual) < std::log(2.0)) return "";
  if (row.above_roof > 0) return "it is faster than a ceiling of its platform allows: the row or the ceiling is wrong";
  const bool slower = residual > 0;
  if (slower && (row.traits.detects || row.traits.segments))
    return "boxes or masks are made behind the last layer, often on the host, and are in no count of operations";
  if (slower && row.load.room > 0 && row.load.weights.value() > row.load.room)
    return "its weights do not fit on the chip and come from outside for each batch";
  if (unseen != kUnseenNetwork)
    return fmt::format("nothing was measured of its {}: an engine may be {} than others of its kind",
                       unseen == kUnseenPlatform ? "platform" : "family", slower ? "slower" : "faster");
  if (slower) return "some of its layers run outside the accelerator's fast path; counts do not say which";
  return "the engine fuses or skips work that counts of operations include";
}

void add_row(const Observation& of, std::size_t at, const Residuals& residuals, v1::Validation* out) {
  v1::ValidationRow* row = of.is_energy ? out->add_energy_rows() : out->add_rows();
  row->set_file(of.measurement->file);
  row->set_line(of.measurement->line);
  row->set_device_class(of.key.device_class);
  row->set_platform(of.platform->platform->id());
  row->set_network(printable(of.measurement->network, 120));
  row->set_format(of.format);
  row->set_batch_size(of.measurement->batch);
  row->set_above_ceiling(of.above_roof);
  of.is_energy ? row->set_measured_joules(of.measured) : row->set_measured_seconds(of.measured);
  bool explained = false;
  for (const Unseen unseen : {kUnseenRow, kUnseenNetwork, kUnseenPlatform, kUnseenFamily}) {
    const UnseenResidual& residual = residuals[unseen][at];
    if (!residual.is_given) continue;
    v1::ValidationPrediction* prediction = row->add_predictions();
    const double predicted = of.measured * std::exp(-residual.value);
    prediction->set_grade(kGrades[unseen]);
    of.is_energy ? prediction->set_predicted_joules(predicted) : prediction->set_predicted_seconds(predicted);
    v1::Interval* within =
        of.is_energy ? prediction->mutable_interval_joules() : prediction->mutable_interval_seconds();
    within->set_low(predicted * std::exp(residual.low));
    within->set_high(predicted * std::exp(residual.high));
    if (unseen == kUnseenRow || explained || of.is_energy) continue;
    row->set_likely_reason(likely_reason(of, unseen, residual.value));
    explained = true;
  }
}

void add_left_out(const Observations& observations, v1::Validation* out) {
  std::map<std::string, v1::ValidationLeftOut> by_reason;
  for (const auto& [measurement, reason] : observations.left_out) {
    v1::ValidationLeftOut& of = by_reason[reason];
    of.set_reason(reason);
    of.set_row_count(of.row_count() + 1);
    if (of.example().empty()) of.set_example(fmt::format("{}:{}", measurement->file, measurement->line));
  }
  for (const auto& [reason, of] : by_reason) *out->add_left_out() = of;
}

// What a calibration that was made before says of each row; rows of which it says nothing are left out.
Result<Residuals> predict(const v1::Calibration& calibration, Observations* observations) {
  Residuals residuals;
  std::map<std::string, std::optional<cost::PlatformCalibration>> known;
  std::vector<Observation> predicted;
  for (const Observation& row : observations->rows) {
    const auto [at, is_new] = known.emplace(row.key.platform, std::nullopt);
    if (is_new) {
      RS_ASSIGN(const auto message, cost::resolve(calibration, row.key));
      if (message) {
        RS_ASSIGN(at->second, cost::PlatformCalibration::create(*message));
      }
    }
    if (!at->second) {
      observations->left_out.emplace_back(row.measurement, "nothing like its class of hardware has been measured");
      continue;
    }
    const cost::Prediction of = at->second->predict(row.traits, row.load, row.at_once);
    const Unseen unseen = at->second->seen() == cost::Seen::kPlatform ? kUnseenNetwork
                          : at->second->seen() == cost::Seen::kFamily ? kUnseenPlatform
                                                                      : kUnseenFamily;
    for (auto& kind : residuals) kind.emplace_back();
    residuals[unseen].back() = {true, std::log(row.seconds * row.batch / of.time.value()), std::log(of.low / of.time),
                                std::log(of.high / of.time)};
    predicted.push_back(row);
  }
  observations->rows = std::move(predicted);
  return residuals;
}

v1::Validation report(const Observations& observations, const Residuals& residuals) {
  v1::Validation out;
  add_left_out(observations, &out);
  const Baseline baseline(observations.rows);
  std::map<std::pair<std::string, Unseen>, std::vector<Point>> groups;
  for (std::size_t i = 0; i < observations.rows.size(); ++i) {
    const Observation& row = observations.rows[i];
    add_row(row, i, residuals, &out);
    for (const Unseen unseen : {kUnseenRow, kUnseenNetwork, kUnseenPlatform, kUnseenFamily}) {
      const UnseenResidual& residual = residuals[unseen][i];
      if (!residual.is_given) continue;
      const Point point{residual.value, baseline.residual(row, unseen), row.measured,
                        residual.value >= residual.low && residual.value <= residual.high};
      const std::string what = row.is_energy ? " energy" : "";
      for (const std::string& group :
           {"all" + what, "class " + row.key.device_class, "file " + row.measurement->file + what})
        groups[{group, unseen}].push_back(point);
    }
  }
  for (const auto& [group, points] : groups) *out.add_summaries() = summarise(group.first, group.second, points);
  return out;
}

}  // namespace

Result<v1::Validation> validate(std::span<const Table> tables, std::span<const v1::Platform> platforms,
                                const CancelToken* cancel) {
  RS_ASSIGN(const Readings readings, read_measurements(tables));
  const PlatformIndex index(platforms);
  const Observations observations = observe(readings.measurements, index);
  if (observations.rows.empty()) return report(observations, {});
  RS_ASSIGN(const Fitted fitted, fit(observations.rows, cancel));
  return report(observations, fitted.unseen);
}

Result<v1::Validation> validate(std::span<const Table> tables, std::span<const v1::Platform> platforms,
                                const v1::Calibration& calibration) {
  RS_ASSIGN(const Readings readings, read_measurements(tables));
  const PlatformIndex index(platforms);
  Observations observations = observe(readings.measurements, index);
  RS_ASSIGN(const Residuals residuals, predict(calibration, &observations));
  return report(observations, residuals);
}

bool has_seen(const v1::Calibration& calibration, std::string_view file) {
  return std::any_of(calibration.sources().begin(), calibration.sources().end(), [&](const std::string& source) {
    return source.starts_with(fmt::format("{}: ", file)) && !source.starts_with(fmt::format("{}: 0 rows", file));
  });
}

}  // namespace roofscape::calibrate
