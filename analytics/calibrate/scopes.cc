#include "analytics/calibrate/scopes.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace roofscape::calibrate {
namespace {

using cost::Part;
using Scope = v1::CalibrationScope;
using Effects = std::initializer_list<std::pair<Part, ClassModel::Effect>>;

// Root mean square of what the architectures add that have been seen: one that has not will add as much.
double spread_of_architectures(const ClassModel& model) {
  double sum = 0;
  const std::size_t count = model.architecture.names.size();
  for (std::size_t a = 0; a < count; ++a) {
    const double added = model.coefficients(ClassModel::kClassArchitecture, a)[0];
    sum += added * added;
  }
  return count > 0 ? std::sqrt(sum / static_cast<double>(count)) : 0;
}

v1::CalibrationClass class_of(const ClassModel& model, const Grades& grades) {
  v1::CalibrationClass of;
  of.set_id(model.name());
  for (const double value : model.coefficients(ClassModel::kMachine, 0)) of.add_machine_coefficients(value);
  for (std::size_t k = 0; k < cost::kFeatures; ++k) {
    double least = model.features().front()[k], most = least;
    for (const auto& of_row : model.features()) {
      least = std::min(least, of_row[k]);
      most = std::max(most, of_row[k]);
    }
    of.add_least(least);
    of.add_most(most);
  }
  for (const v1::CalibrationGrade& grade : grades.grades) *of.add_grades() = grade;
  of.set_architecture_spread(spread_of_architectures(model));
  return of;
}

// Writes the groups of one kind.
class ScopeWriter {
 public:
  ScopeWriter(const ClassModel& model, v1::Calibration* calibration) : model_(model), calibration_(calibration) {}

  Scope* add(Scope::Kind kind, const Grouping& groups, std::size_t at, Effects effects) {
    Scope* scope = calibration_->add_scopes();
    scope->set_kind(kind);
    scope->set_id(groups.names[at]);
    std::set<std::string> networks;
    int rows = 0;
    for (std::size_t i = 0; i < model_.rows().size(); ++i) {
      if (groups.of_row[i] != static_cast<int>(at)) continue;
      ++rows;
      networks.insert(model_.rows()[i]->network);
    }
    scope->set_row_count(rows);
    scope->set_network_count(static_cast<int>(networks.size()));
    set_coefficients(at, effects, scope);
    return scope;
  }

  // What architectures add to a group's arithmetic.
  void add_architectures(ClassModel::Effect effect, std::size_t at, Scope* scope) const {
    const std::vector<std::string>& names = model_.architecture.names;
    for (std::size_t a = 0; a < names.size(); ++a) {
      const double added = model_.coefficients(effect, at * names.size() + a)[0];
      if (added != 0) (*scope->mutable_architectures())[names[a]].set_arithmetic(added);
    }
  }

 private:
  void set_coefficients(std::size_t at, Effects effects, Scope* scope) const {
    std::vector<double> sum(cost::kFeatures, 0.0);
    for (const auto& [part, effect] : effects) {
      const std::vector<double> of = model_.coefficients(effect, at);
      const std::size_t first = cost::kFirstFeature[static_cast<std::size_t>(part)];
      for (std::size_t k = 0; k < of.size(); ++k) sum[first + k] += of[k];
    }
    for (const double value : sum) scope->add_coefficients(value);
  }

  const ClassModel& model_;
  v1::Calibration* calibration_;
};

void add_class_scope(const ClassModel& model, ScopeWriter* writer) {
  Scope* scope = writer->add(Scope::CLASS, model.all, 0,
                             {{Part::kArithmetic, ClassModel::kClassFeatures},
                              {Part::kFetch, ClassModel::kClassFetch},
                              {Part::kTraffic, ClassModel::kClassTraffic},
                              {Part::kLaunch, ClassModel::kClassLaunch}});
  for (std::size_t p = 0; p < cost::kParts; ++p) {
    const auto first = static_cast<int>(cost::kFirstFeature[p]);
    scope->set_coefficients(first, scope->coefficients(first) + model.base()[p]);
  }
  writer->add_architectures(ClassModel::kClassArchitecture, 0, scope);
  for (std::size_t a = 0; a < model.architecture.names.size(); ++a) {
    v1::ArchitectureEffect& of = (*scope->mutable_architectures())[model.architecture.names[a]];
    of.set_traffic(model.coefficients(ClassModel::kArchitectureTraffic, a)[0]);
    of.set_launch(model.coefficients(ClassModel::kArchitectureLaunch, a)[0]);
  }
}

void add_families(const ClassModel& model, ScopeWriter* writer) {
  for (std::size_t g = 0; g < model.family.names.size(); ++g) {
    Scope* scope = writer->add(Scope::FAMILY, model.family, g,
                               {{Part::kArithmetic, ClassModel::kFamilyFeatures},
                                {Part::kArithmetic, ClassModel::kFamilyLevel},
                                {Part::kFetch, ClassModel::kFamilyFetch}});
    writer->add_architectures(ClassModel::kFamilyArchitecture, g, scope);
  }
}

void add_runtimes(const ClassModel& model, ScopeWriter* writer) {
  for (std::size_t g = 0; g < model.runtime.names.size(); ++g)
    writer->add(Scope::RUNTIME, model.runtime, g,
                {{Part::kArithmetic, ClassModel::kRuntimeFeatures},
                 {Part::kArithmetic, ClassModel::kRuntimeLevel},
                 {Part::kFetch, ClassModel::kRuntimeFetch},
                 {Part::kTraffic, ClassModel::kRuntimeTraffic},
                 {Part::kLaunch, ClassModel::kRuntimeLaunch}});
}

void add_platforms(const ClassModel& model, const Grades& grades, ScopeWriter* writer) {
  for (std::size_t g = 0; g < model.platform.names.size(); ++g) {
    Scope* scope = writer->add(Scope::PLATFORM, model.platform, g,
                               {{Part::kArithmetic, ClassModel::kPlatformFeatures},
                                {Part::kArithmetic, ClassModel::kPlatformLevel},
                                {Part::kTraffic, ClassModel::kPlatformTraffic},
                                {Part::kLaunch, ClassModel::kPlatformLaunch}});
    scope->set_residual_spread(grades.platform_spreads[g]);
    writer->add_architectures(ClassModel::kPlatformArchitecture, g, scope);
  }
}

}  // namespace

void add_class(const ClassModel& model, const Grades& grades, v1::Calibration* calibration) {
  *calibration->add_classes() = class_of(model, grades);
  ScopeWriter writer(model, calibration);
  add_class_scope(model, &writer);
  add_families(model, &writer);
  add_runtimes(model, &writer);
  add_platforms(model, grades, &writer);
  for (std::size_t g = 0; g < model.format.names.size(); ++g)
    writer.add(Scope::FORMAT, model.format, g,
               {{Part::kArithmetic, ClassModel::kFormatFeatures},
                {Part::kArithmetic, ClassModel::kFormatLevel},
                {Part::kLaunch, ClassModel::kFormatLaunch}});
}

}  // namespace roofscape::calibrate
