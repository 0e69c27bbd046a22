#include "analytics/calibrate/refit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analytics/calibrate/grouping.h"
#include "analytics/calibrate/own_rows.h"
#include "analytics/calibrate/parts_model.h"
#include "analytics/calibrate/spread.h"
#include "analytics/calibrate/variances.h"

namespace roofscape::calibrate {
namespace {

using cost::Part;
using linear::Matrix;
using Scope = v1::CalibrationScope;

constexpr std::size_t kMostRowsOfPlatform = 8000;
// Its level may move at least so far.
constexpr double kLeastLevel = 0.3;

// Adds to the group of that name; one that `calibration` lacks is made.
Scope* add_to_scope(Scope::Kind kind, const std::string& id, const std::vector<double>& coefficients,
                    std::span<const Observation* const> rows, double spread, v1::Calibration* calibration) {
  auto& scopes = *calibration->mutable_scopes();
  auto found = std::find_if(scopes.begin(), scopes.end(),
                            [&](const Scope& scope) { return scope.kind() == kind && scope.id() == id; });
  Scope* scope = found != scopes.end() ? &*found : calibration->add_scopes();
  scope->set_kind(kind);
  scope->set_id(id);
  scope->mutable_coefficients()->Resize(static_cast<int>(cost::kFeatures), 0);
  for (std::size_t k = 0; k < coefficients.size(); ++k)
    scope->set_coefficients(static_cast<int>(k), scope->coefficients(static_cast<int>(k)) + coefficients[k]);
  std::set<std::string> networks;
  for (const Observation* row : rows) networks.insert(row->network);
  scope->set_row_count(scope->row_count() + static_cast<int>(rows.size()));
  scope->set_network_count(scope->network_count() + static_cast<int>(networks.size()));
  if (spread > 0) scope->set_residual_spread(spread);
  return scope;
}

// The rows of one platform against what the base says of it.
class PlatformRefit {
 public:
  // `usual`: how widely unseen networks lie on a platform of the class that has been seen.
  PlatformRefit(std::vector<const Observation*> rows, const v1::PlatformCalibration& base, double usual)
      : rows_(std::move(rows)), base_(base), usual_(usual) {}

  Status run(v1::Calibration* calibration) {
    RS_TRY(solve());
    const Grouping networks = group(rows_, [](const Observation& row) { return row.network; });
    RS_ASSIGN(const std::vector<double> residuals, model_->residuals_without(networks.of_row));
    const double spread = spread_of(residuals, base_.residual_spread(), kSpreadRows);
    Scope* scope = add_to_scope(Scope::PLATFORM, rows_.front()->key.platform, added_, rows_, spread, calibration);
    std::vector<int> alone(rows_.size());
    std::iota(alone.begin(), alone.end(), 0);
    RS_ASSIGN(const std::vector<double> of_rows, model_->residuals_without(alone));
    *scope->mutable_own() = own_spread(rows_, networks.of_row, residuals, of_rows, usual_);
    for (const auto& [format, rows] : by_format()) {
      std::vector<double> level(cost::kFeatures, 0.0);
      level[0] = model_->coefficients(format_level_, format_[rows.front()])[0];
      std::vector<const Observation*> of_format;
      for (const std::size_t row : rows) of_format.push_back(rows_[row]);
      add_to_scope(Scope::FORMAT, rows_.front()->key.platform + " " + format, level, of_format, 0, calibration);
    }
    return {};
  }

 private:
  // Who brings measurements of a platform knows more of it than its relatives do.
  static double variance(Part part, cost::Aspect aspect) {
    const double usual = variance_of(RowsOf::kNetworks, Sharing::kPlatform, part, aspect);
    return aspect == cost::Aspect::kLevel ? std::max(usual, kLeastLevel) : usual;
  }

  Status solve() {
    RS_ASSIGN(const auto predictor, cost::PlatformCalibration::create(base_));
    std::vector<std::array<double, cost::kFeatures>> features;
    std::vector<PartsModel::Row> rows;
    for (const Observation* row : rows_) {
      const double batch = row->at_once;
      features.push_back(cost::features(row->traits, row->load, batch));
      for (std::size_t k = 0; k < cost::kFeatures; ++k)
        features.back()[k] =
            std::clamp(features.back()[k], base_.least(static_cast<int>(k)), base_.most(static_cast<int>(k)));
      rows.push_back({.seconds = {}, .base = {}, .log_seconds = row->log_seconds});
      const auto parts = predictor.parts(row->traits, row->load, batch);
      for (std::size_t p = 0; p < cost::kParts; ++p) rows.back().seconds[p] = parts[p].value();
    }
    format_ = group(rows_, [](const Observation& row) { return row.format; }).of_row;
    model_.emplace(std::move(rows), kNoise);
    struct Placed {
      std::size_t effect;
      cost::FeatureRange range;
    };
    std::vector<Placed> placed;
    std::size_t effects = 0;
    const auto add = [&](Part part, double variance, cost::FeatureRange range, const std::vector<int>& groups) {
      Matrix of(rows_.size(), range.count);
      for (std::size_t i = 0; i < rows_.size(); ++i)
        std::copy_n(features[i].begin() + static_cast<std::ptrdiff_t>(range.first), range.count, of.row(i).begin());
      model_->add({.part = part,
                   .variances = std::vector<double>(range.count, variance),
                   .features = std::move(of),
                   .groups = groups});
      return effects++;
    };
    const std::vector<int> all(rows_.size(), 0);
    for (std::size_t k = 0; k < cost::kFeatures;) {
      const cost::Feature& feature = cost::feature_table()[k];
      const cost::FeatureRange range = cost::features_of(feature.part, feature.aspect);
      if (variance(feature.part, feature.aspect) > 0)
        placed.push_back({add(feature.part, variance(feature.part, feature.aspect), range, all), range});
      k += range.count;
    }
    const cost::FeatureRange level = cost::features_of(Part::kArithmetic, cost::Aspect::kLevel);
    format_level_ =
        add(Part::kArithmetic,
            variance_of(RowsOf::kNetworks, Sharing::kFormat, Part::kArithmetic, cost::Aspect::kLevel), level, format_);
    RS_TRY(model_->fit());
    for (const Placed& one : placed) {
      const std::vector<double> of = model_->coefficients(one.effect, 0);
      std::copy(of.begin(), of.end(), added_.begin() + static_cast<std::ptrdiff_t>(one.range.first));
    }
    return {};
  }

  std::map<std::string, std::vector<std::size_t>> by_format() const {
    std::map<std::string, std::vector<std::size_t>> rows;
    for (std::size_t i = 0; i < rows_.size(); ++i) rows[rows_[i]->format].push_back(i);
    return rows;
  }

  std::vector<const Observation*> rows_;
  const v1::PlatformCalibration& base_;
  double usual_;
  std::vector<int> format_;
  std::size_t format_level_ = 0;                                           // effect
  std::vector<double> added_ = std::vector<double>(cost::kFeatures, 0.0);  // to the platform's coefficients
  std::optional<PartsModel> model_;
};

// Of networks that have not been seen, on platforms that have.
double usual_spread(const v1::Calibration& base, const Observation& row, const v1::PlatformCalibration& of_base) {
  if (of_base.seen() == v1::CalibrationGrade::PLATFORM) return of_base.residual_spread();
  for (const v1::CalibrationClass& of : base.classes())
    for (const v1::CalibrationGrade& grade : of.grades())
      if (of.id() == row.key.device_class && grade.seen() == v1::CalibrationGrade::PLATFORM)
        return grade.residual_spread();
  return of_base.residual_spread();
}

}  // namespace

Result<v1::Calibration> refit(std::span<const Observation> observations, const v1::Calibration& base,
                              const CancelToken* cancel) {
  if (observations.empty())
    return failed_precondition(
        "no measurement that the model can be held against; 'roofscape validate' says why each was left out");
  std::map<std::string, std::vector<const Observation*>> platforms;
  for (const Observation& row : observations) platforms[row.key.platform].push_back(&row);
  v1::Calibration refitted = base;
  for (auto& [id, rows] : platforms) {
    if (cancel != nullptr && cancel->cancelled()) return cancelled("the fit was cancelled");
    if (rows.size() > kMostRowsOfPlatform)
      return invalid_argument("{} usable rows of the platform '{}'; at most {}, for time grows with them", rows.size(),
                              id, kMostRowsOfPlatform);
    RS_ASSIGN(const auto of_base, cost::resolve(base, rows.front()->key));
    if (!of_base)
      return failed_precondition(
          "platform '{}' is of the class '{}', of which the calibration to build on has no measurement; learn "
          "everything from your files instead (from_scratch)",
          id, rows.front()->key.device_class);
    const double usual = usual_spread(base, *rows.front(), *of_base);
    PlatformRefit of_platform(std::move(rows), *of_base, usual);
    RS_TRY(of_platform.run(&refitted));
  }
  return refitted;
}

}  // namespace roofscape::calibrate
