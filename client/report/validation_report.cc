#include "client/report/validation_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"
#include "client/text/csv.h"

namespace roofscape::client {
namespace {

constexpr std::size_t kFarOffShown = 20, kReasonsShown = 12, kPlatformsShown = 10;
constexpr double kFar = 2, kWorthNaming = 1.0 / 3;

std::string share(double value) { return fmt::format("{:.0f} %", value * 100); }

std::string summaries(const v1::Validation& validation, const Console& console) {
  Table table({{"rows of"},
               {"without"},
               {"rows", Align::kRight},
               {"ratio", Align::kRight},
               {"median error", Align::kRight},
               {"mean error", Align::kRight},
               {"rank", Align::kRight},
               {"in interval", Align::kRight},
               {"one factor", Align::kRight}});
  for (const v1::ValidationSummary& of : validation.summaries()) {
    if (of.grade() == v1::UNSEEN_ROW) continue;
    table.add({printable(of.group(), 80), grade_text(of.grade()), count(of.row_count()),
               fmt::format("{:.2f}", of.geometric_mean_ratio()), share(of.median_error()), share(of.mean_error()),
               fmt::format("{:.3f}", of.rank_correlation()), share(of.coverage()), share(of.baseline_median_error())});
  }
  return table.to_text(console) +
         console.paint(Ink::kFaint,
                       "ratio: geometric mean of predicted over measured; in interval: should be 90 %; one factor: "
                       "median error of one factor a platform and format\n");
}

// The prediction that knew most of the row's platform without knowing its network there; nothing of a row that has
// none.
const v1::ValidationPrediction* narrowest(const v1::ValidationRow& row) {
  for (const v1::ValidationGrade grade : {v1::UNSEEN_NETWORK, v1::UNSEEN_PLATFORM, v1::UNSEEN_FAMILY})
    if (const v1::ValidationPrediction* of = prediction_of(row, grade)) return of;
  return nullptr;
}

// ln predicted − ln measured.
double log_ratio(const v1::ValidationRow& row) {
  const v1::ValidationPrediction* of = narrowest(row);
  return of == nullptr ? 0 : std::log(of->predicted_seconds() / row.measured_seconds());
}

std::vector<const v1::ValidationRow*> far_off(const v1::Validation& validation) {
  std::vector<const v1::ValidationRow*> rows;
  for (const v1::ValidationRow& row : validation.rows())
    if (std::fabs(log_ratio(row)) > std::log(kFar)) rows.push_back(&row);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto* a, const auto* b) { return std::fabs(log_ratio(*a)) > std::fabs(log_ratio(*b)); });
  return rows;
}

std::string rows_table(const std::vector<const v1::ValidationRow*>& rows, const Console& console) {
  Table table({{"row"},
               {"platform"},
               {"network"},
               {"format"},
               {"batch", Align::kRight},
               {"without"},
               {"predicted (90 %)", Align::kRight},
               {"measured", Align::kRight},
               {"likely reason", Align::kLeft, true}});
  for (const v1::ValidationRow* row : rows) {
    const v1::ValidationPrediction* p = narrowest(*row);
    const std::string predicted = p == nullptr ? std::string(kDash)
                                               : seconds_within(p->predicted_seconds(), p->interval_seconds().low(),
                                                                p->interval_seconds().high());
    table.add({fmt::format("{}:{}", printable(row->file(), 60), row->line()), printable(row->platform()),
               printable(row->network(), 60), printable(row->format()), fmt::format("{:g}", row->batch_size()),
               p == nullptr ? std::string(kDash) : grade_text(p->grade()), predicted, seconds(row->measured_seconds()),
               printable(row->likely_reason(), 200)});
  }
  return table.to_text(console);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// The platforms whose rows are off most in the median, where any is off by more than a third.
std::string worst_platforms(const v1::Validation& validation, const Console& console) {
  std::map<std::string, std::vector<double>> by_platform;
  for (const v1::ValidationRow& row : validation.rows())
    if (narrowest(row) != nullptr) by_platform[row.platform()].push_back(log_ratio(row));
  struct Platform {
    std::string id;
    std::int64_t rows;
    double error, ratio;
  };
  std::vector<Platform> worst;
  for (const auto& [id, ratios] : by_platform) {
    std::vector<double> errors;
    for (const double ratio : ratios) errors.push_back(std::fabs(std::exp(ratio) - 1));
    const Platform of{id, static_cast<std::int64_t>(ratios.size()), median(errors), std::exp(median(ratios))};
    if (of.error > kWorthNaming) worst.push_back(of);
  }
  if (worst.empty()) return "";
  std::stable_sort(worst.begin(), worst.end(), [](const auto& a, const auto& b) { return a.error > b.error; });
  std::string text =
      fmt::format("\n{} of {} platforms are off by more than a third in the median", worst.size(), by_platform.size());
  if (worst.size() > kPlatformsShown) {
    text += fmt::format("; the worst {}", kPlatformsShown);
    worst.resize(kPlatformsShown);
  }
  Table table({{"platform"},
               {"rows", Align::kRight},
               {"median error", Align::kRight},
               {"predicted / measured", Align::kRight}});
  for (const Platform& of : worst)
    table.add({printable(of.id), count(of.rows), share(of.error), fmt::format("{:.2f}", of.ratio)});
  return text + ":\n" + table.to_text(console);
}

// Rows that say that a ceiling of their platform is wrong, or they are.
std::string above_ceilings(const v1::Validation& validation, const Console& console) {
  struct Platform {
    std::int64_t rows = 0;
    const v1::ValidationRow* farthest = nullptr;
  };
  std::map<std::string, Platform> by_platform;
  std::int64_t all = 0;
  for (const v1::ValidationRow& row : validation.rows()) {
    if (!(row.above_ceiling() > 0)) continue;
    Platform& of = by_platform[row.platform()];
    ++all, ++of.rows;
    if (of.farthest == nullptr || row.above_ceiling() > of.farthest->above_ceiling()) of.farthest = &row;
  }
  if (all == 0) return "";
  Table table({{"platform"}, {"rows", Align::kRight}, {"at most", Align::kRight}, {"row"}, {"network"}, {"format"}});
  for (const auto& [id, of] : by_platform)
    table.add({printable(id), count(of.rows), fmt::format("×{:.2f}", of.farthest->above_ceiling()),
               fmt::format("{}:{}", printable(of.farthest->file(), 60), of.farthest->line()),
               printable(of.farthest->network(), 60), printable(of.farthest->format())});
  return fmt::format(
             "\n{} of {} rows are faster than a ceiling of their platform allows: they or the ceiling are wrong:\n",
             count(all), count(validation.rows_size())) +
         table.to_text(console);
}

std::string rows_text(const v1::Validation& validation, bool all, const Console& console) {
  std::vector<const v1::ValidationRow*> rows;
  if (all) {
    for (const v1::ValidationRow& row : validation.rows()) rows.push_back(&row);
    return "\nevery row, one image each:\n" + rows_table(rows, console);
  }
  rows = far_off(validation);
  if (rows.empty()) return "\nno row is off by more than a factor of two\n";
  std::string text = fmt::format("\n{} of {} rows are off by more than a factor of two",
                                 count(static_cast<std::int64_t>(rows.size())), count(validation.rows_size()));
  if (rows.size() > kFarOffShown) {
    text += fmt::format("; the worst {} (--all shows every row)", kFarOffShown);
    rows.resize(kFarOffShown);
  }
  return text + ":\n" + rows_table(rows, console);
}

std::string left_out_text(const v1::Validation& validation, bool all, const Console& console) {
  std::vector<const v1::ValidationLeftOut*> reasons;
  std::int64_t total = 0;
  for (const v1::ValidationLeftOut& of : validation.left_out()) {
    reasons.push_back(&of);
    total += of.row_count();
  }
  if (reasons.empty()) return "\nno row was left out\n";
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const auto* a, const auto* b) { return a->row_count() > b->row_count(); });
  std::string text = fmt::format("\n{} rows were left out:\n", count(total));
  std::string more;
  if (!all && reasons.size() > kReasonsShown) {
    std::int64_t rest = 0;
    for (std::size_t i = kReasonsShown; i < reasons.size(); ++i) rest += reasons[i]->row_count();
    more =
        fmt::format("{} more for {} other reasons (--all shows them)\n", count(rest), reasons.size() - kReasonsShown);
    reasons.resize(kReasonsShown);
  }
  Table table({{"rows", Align::kRight}, {"for example"}, {"reason", Align::kLeft, true}});
  for (const v1::ValidationLeftOut* of : reasons)
    table.add({count(of->row_count()), printable(of->example(), 80), printable(of->reason(), 200)});
  return text + table.to_text(console) + more;
}

}  // namespace

std::string grade_text(v1::ValidationGrade grade) {
  switch (grade) {
    case v1::UNSEEN_ROW: return "the row";
    case v1::UNSEEN_NETWORK: return "the network";
    case v1::UNSEEN_PLATFORM: return "the platform";
    case v1::UNSEEN_FAMILY: return "the family";
    default: return "";
  }
}

const v1::ValidationPrediction* prediction_of(const v1::ValidationRow& row, v1::ValidationGrade grade) {
  for (const v1::ValidationPrediction& prediction : row.predictions())
    if (prediction.grade() == grade) return &prediction;
  return nullptr;
}

std::string validation_text(const v1::Validation& validation, bool all, const Console& console) {
  if (validation.rows().empty())
    return "no row that the model can be held against\n" + left_out_text(validation, all, console);
  return summaries(validation, console) + worst_platforms(validation, console) + rows_text(validation, all, console) +
         above_ceilings(validation, console) + left_out_text(validation, all, console);
}

std::string validation_csv(const v1::Validation& validation) {
  Csv csv({"file", "line", "device_class", "platform", "network", "format", "batch_size", "measured_seconds", "grade",
           "predicted_seconds", "low_seconds", "high_seconds", "likely_reason", "measured_joules", "predicted_joules",
           "low_joules", "high_joules"});
  const auto add = [&](const v1::ValidationRow& row, const v1::ValidationPrediction& p) {
    const bool energy = row.measured_joules() > 0;
    const auto seconds = [&](double value) { return energy ? std::string() : Csv::number(value); };
    const auto joules = [&](double value) { return energy ? Csv::number(value) : std::string(); };
    csv.add({printable(row.file()), std::to_string(row.line()), printable(row.device_class()),
             printable(row.platform()), printable(row.network()), printable(row.format()),
             Csv::number(row.batch_size()), seconds(row.measured_seconds()), v1::ValidationGrade_Name(p.grade()),
             seconds(p.predicted_seconds()), seconds(p.interval_seconds().low()), seconds(p.interval_seconds().high()),
             printable(row.likely_reason(), 200), joules(row.measured_joules()), joules(p.predicted_joules()),
             joules(p.interval_joules().low()), joules(p.interval_joules().high())});
  };
  for (const v1::ValidationRow& row : validation.rows())
    for (const v1::ValidationPrediction& p : row.predictions()) add(row, p);
  for (const v1::ValidationRow& row : validation.energy_rows())
    for (const v1::ValidationPrediction& p : row.predictions()) add(row, p);
  return csv.to_text();
}

}  // namespace roofscape::client
