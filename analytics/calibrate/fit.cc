#include "analytics/calibrate/fit.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "analytics/calibrate/class_model.h"
#include "analytics/calibrate/grades.h"
#include "analytics/calibrate/scopes.h"

namespace roofscape::calibrate {
namespace {

// Time grows with the rows and with what they tell apart: these take minutes.
constexpr std::size_t kMostRowsOfClass = 8000;

// The rows of one class, and where they stand among all observations.
struct ClassRows {
  std::vector<const Observation*> rows;
  std::vector<std::size_t> positions;
};

double median_size(std::vector<double> residuals) {
  for (double& residual : residuals) residual = std::abs(residual);
  const auto middle = residuals.begin() + static_cast<std::ptrdiff_t>(residuals.size() / 2);
  std::nth_element(residuals.begin(), middle, residuals.end());
  return *middle;
}

// The mean of what families are off, each by its median row: one with many rows has no more of a say.
double size_by_family(const ClassModel& model, const std::vector<double>& residuals) {
  const Grouping& families = model.groups(Sharing::kFamily);
  std::vector<std::vector<double>> of_family(families.names.size());
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < residuals.size(); ++i)
    if (families.of_row[i] >= 0) of_family[static_cast<std::size_t>(families.of_row[i])].push_back(residuals[i]);
  for (std::vector<double>& of : of_family) {
    if (of.empty()) continue;
    sum += median_size(std::move(of));
    ++count;
  }
  return count > 0 ? sum / count : median_size(residuals);
}

// Whether what a class has in common predicts families that it has not seen better than the mechanism alone does.
bool learns(const ClassModel& model, const Grades& grades) {
  std::vector<double> learned;
  for (const UnseenResidual& residual : grades.unseen[kUnseenFamily]) learned.push_back(residual.value);
  return size_by_family(model, learned) < size_by_family(model, model.residuals_of_mechanism());
}

Status fit_class(const std::string& name, const ClassRows& of, Fitted* fitted) {
  ClassModel model(name, of.rows, ClassModel::Common::kLearned);
  RS_TRY(model.fit());
  RS_ASSIGN(Grades grades, grade(&model));
  if (!learns(model, grades)) {
    model = ClassModel(name, of.rows, ClassModel::Common::kMechanism);
    RS_TRY(model.fit());
    RS_ASSIGN(grades, grade(&model));
  }
  for (std::size_t unseen = 0; unseen < kUnseenKinds; ++unseen)
    for (std::size_t i = 0; i < of.positions.size(); ++i)
      fitted->unseen[unseen][of.positions[i]] = grades.unseen[unseen][i];
  add_class(model, grades, &fitted->calibration);
  return {};
}

}  // namespace

Result<Fitted> fit(std::span<const Observation> observations, const CancelToken* cancel) {
  if (observations.empty())
    return failed_precondition("no measurement that the model can be held against; see why each was left out");
  Fitted fitted;
  for (const cost::Feature& feature : cost::feature_table()) fitted.calibration.add_features(std::string(feature.name));
  for (auto& residuals : fitted.unseen) residuals.resize(observations.size());
  std::map<std::string, ClassRows> classes;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    ClassRows& of = classes[observations[i].key.device_class];
    of.rows.push_back(&observations[i]);
    of.positions.push_back(i);
  }
  for (const auto& [name, of] : classes)
    if (of.rows.size() > kMostRowsOfClass)
      return invalid_argument(
          "{} usable rows of the class '{}'; at most {}, for time grows with them. Give fewer files, or the "
          "medians of repeated measurements",
          of.rows.size(), name, kMostRowsOfClass);
  for (const auto& [name, of] : classes) {
    if (cancel != nullptr && cancel->cancelled()) return cancelled("the fit was cancelled");
    RS_TRY(fit_class(name, of, &fitted));
  }
  return fitted;
}

}  // namespace roofscape::calibrate
