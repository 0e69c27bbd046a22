#include "analytics/calibrate/grades.h"

#include <algorithm>
#include <cmath>

#include "analytics/calibrate/spread.h"

namespace roofscape::calibrate {
namespace {

constexpr double kLeastSpread = 1e-3;

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double at = share * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
}

v1::CalibrationGrade::Seen seen_of(Unseen unseen) {
  return unseen == kUnseenNetwork    ? v1::CalibrationGrade::PLATFORM
         : unseen == kUnseenPlatform ? v1::CalibrationGrade::FAMILY
                                     : v1::CalibrationGrade::CLASS;
}

std::vector<double> spreads_by_platform(const ClassModel& model, const std::vector<double>& residuals,
                                        double of_class) {
  std::vector<std::vector<double>> values(model.groups(Sharing::kPlatform).names.size());
  for (std::size_t i = 0; i < residuals.size(); ++i)
    values[static_cast<std::size_t>(model.groups(Sharing::kPlatform).of_row[i])].push_back(residuals[i]);
  std::vector<double> spreads;
  for (const auto& of_platform : values) spreads.push_back(spread_of(of_platform, of_class, kSpreadRows));
  return spreads;
}

// The rows of which such a residual says something: those of a family's only platform say nothing of families.
std::vector<std::size_t> rows_with(const ClassModel& model, Unseen unseen) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < model.rows().size(); ++i)
    if (unseen != kUnseenPlatform || model.has_sibling(*model.rows()[i])) rows.push_back(i);
  return rows;
}

Status add(Unseen unseen, ClassModel* model, Grades* out) {
  RS_ASSIGN(const std::vector<double> residuals, model->residuals_without(unseen));
  const std::vector<std::size_t> rows = rows_with(*model, unseen);
  out->unseen[unseen].resize(residuals.size());
  if (rows.empty()) return {};
  std::vector<double> values;
  for (const std::size_t row : rows) values.push_back(residuals[row]);
  const double spread = std::max(kLeastSpread, spread_of(values, 0, 0));
  if (unseen == kUnseenNetwork) out->platform_spreads = spreads_by_platform(*model, residuals, spread);
  // A platform that has been seen has a spread of its own.
  const bool by_platform = (unseen == kUnseenNetwork || unseen == kUnseenRow) && !out->platform_spreads.empty();
  const auto spread_at = [&](std::size_t row) {
    return by_platform ? out->platform_spreads[static_cast<std::size_t>(model->groups(Sharing::kPlatform).of_row[row])]
                       : spread;
  };
  std::vector<double> scaled;
  for (const std::size_t row : rows) scaled.push_back(residuals[row] / spread_at(row));
  v1::CalibrationGrade of;
  of.set_row_count(static_cast<int>(rows.size()));
  of.set_residual_spread(spread);
  of.set_low_quantile(quantile(scaled, 0.05));
  of.set_high_quantile(quantile(scaled, 0.95));
  of.set_least_residual(*std::min_element(values.begin(), values.end()));
  of.set_most_residual(*std::max_element(values.begin(), values.end()));
  for (const std::size_t row : rows)
    out->unseen[unseen][row] = {true, residuals[row], of.low_quantile() * spread_at(row),
                                of.high_quantile() * spread_at(row)};
  if (unseen == kUnseenRow) return {};
  of.set_seen(seen_of(unseen));
  out->grades.push_back(of);
  return {};
}

}  // namespace

Result<Grades> grade(ClassModel* model) {
  Grades grades;
  for (const Unseen unseen : {kUnseenNetwork, kUnseenRow, kUnseenPlatform, kUnseenFamily})
    RS_TRY(add(unseen, model, &grades));
  return grades;
}

}  // namespace roofscape::calibrate
