#include "analytics/calibrate/scopes.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace roofscape::calibrate {
namespace {

using Scope = v1::CalibrationScope;

constexpr double kNothing = 1e-3;  // as the logarithm of a factor: not worth a line in the file

Scope::Kind kind_of(Sharing sharing) {
  switch (sharing) {
    case Sharing::kClass: return Scope::CLASS;
    case Sharing::kFamily: return Scope::FAMILY;
    case Sharing::kRuntime: return Scope::RUNTIME;
    case Sharing::kPlatform: return Scope::PLATFORM;
    case Sharing::kFormat: return Scope::FORMAT;
  }
  return Scope::KIND_UNSPECIFIED;
}

// Root mean square of what is known of the networks that have been seen: as much is not known of one that has not.
double spread_of_relatives(const ClassModel& model) {
  double sum = 0;
  const std::size_t count = model.relatives().count();
  for (std::size_t r = 0; r < count; ++r) {
    double added = 0;
    for (const auto& [of, weight] : model.relatives().shares(model.relatives().of(r)))
      added += weight * model.added_for_relative(Sharing::kClass, 0, of);
    sum += added * added;
  }
  return count > 0 ? std::sqrt(sum / static_cast<double>(count)) : 0;
}

v1::CalibrationClass class_of(const ClassModel& model, const Grades& grades) {
  v1::CalibrationClass of;
  of.set_id(model.name());
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
  of.set_relative_spread(spread_of_relatives(model));
  return of;
}

void add_relatives(const ClassModel& model, Sharing sharing, std::size_t group, Scope* scope) {
  if (!model.knows_relatives()) return;
  for (std::size_t r = 0; r < model.relatives().count(); ++r) {
    const double added = model.added_for_relative(sharing, group, r);
    // A class has all of them: how much each counts depends on how many are alike.
    if (sharing != Sharing::kClass && std::abs(added) < kNothing) continue;
    const cost::Relative& relative = model.relatives().of(r);
    v1::RelativeEffect* effect = scope->add_relatives();
    effect->set_kind(std::string(cost::kind_name(relative.kind)));
    effect->set_mac_count(relative.macs);
    effect->set_input_position_count(relative.input);
    effect->set_parameter_count(relative.parameters);
    effect->set_layer_count(relative.layers);
    effect->set_activation_count(relative.activations);
    effect->set_added(added);
  }
}

Scope* add_scope(const ClassModel& model, Sharing sharing, std::size_t group, v1::Calibration* calibration) {
  const Grouping& groups = model.groups(sharing);
  Scope* scope = calibration->add_scopes();
  scope->set_kind(kind_of(sharing));
  scope->set_id(groups.names[group]);
  std::set<std::string> networks;
  int rows = 0;
  for (std::size_t i = 0; i < model.rows().size(); ++i) {
    if (groups.of_row[i] != static_cast<int>(group)) continue;
    ++rows;
    networks.insert(model.rows()[i]->network);
  }
  scope->set_row_count(rows);
  scope->set_network_count(static_cast<int>(networks.size()));
  for (const double value : model.coefficients(sharing, group)) scope->add_coefficients(value);
  add_relatives(model, sharing, group, scope);
  return scope;
}

// What is known of each part beforehand counts as the class's.
void add_base(const PartsModel::Parts& base, Scope* scope) {
  for (std::size_t p = 0; p < cost::kParts; ++p) {
    const auto first = static_cast<int>(cost::features_of(static_cast<cost::Part>(p)).first);
    scope->set_coefficients(first, scope->coefficients(first) + base[p]);
  }
}

}  // namespace

void add_class(const ClassModel& model, const Grades& grades, v1::Calibration* calibration) {
  *calibration->add_classes() = class_of(model, grades);
  for (const Sharing sharing : kSharings)
    for (std::size_t g = 0; g < model.groups(sharing).names.size(); ++g) {
      Scope* scope = add_scope(model, sharing, g, calibration);
      if (sharing == Sharing::kClass) add_base(model.base(), scope);
      if (sharing == Sharing::kPlatform) scope->set_residual_spread(grades.platform_spreads[g]);
    }
}

}  // namespace roofscape::calibrate
