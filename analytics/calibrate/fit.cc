#include "analytics/calibrate/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analytics/calibrate/hyper.h"
#include "analytics/calibrate/spread.h"
#include "analytics/linear/mixed_model.h"

namespace roofscape::calibrate {
namespace {

using linear::Matrix;
using linear::MixedModel;
using Scope = v1::CalibrationScope;

// Memory grows with the square of a class's rows, time with their cube: these take about 2 GB and two minutes.
constexpr std::size_t kMostRowsOfClass = 8000;

// Numbers names from 0 in the order in which they come.
class Numbering {
 public:
  int operator()(const std::string& name) {
    const auto [at, is_new] = numbers_.emplace(name, static_cast<int>(names_.size()));
    if (is_new) names_.push_back(name);
    return at->second;
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::map<std::string, int> numbers_;
  std::vector<std::string> names_;
};

// The groups of one kind: of each row, and what they are called.
struct Grouping {
  std::vector<int> of_row;
  std::vector<std::string> names;
};

template <typename Name>
Grouping group(std::span<const Observation* const> rows, const Name& name) {
  Grouping grouping;
  Numbering numbering;
  for (const Observation* row : rows) {
    const std::string text = name(*row);
    grouping.of_row.push_back(text.empty() ? -1 : numbering(text));
  }
  grouping.names = numbering.names();
  return grouping;
}

// One class of hardware: its rows, its model, and what follows from it.
class ClassFit {
 public:
  ClassFit(std::string name, std::vector<const Observation*> rows, std::vector<std::size_t> positions)
      : name_(std::move(name)), rows_(std::move(rows)), positions_(std::move(positions)), hyper_(hyper_of(name_)) {
    const auto by = [&](const auto& f) { return group(rows_, f); };
    class_ = by([&](const Observation&) { return name_; });
    family_ = by([&](const Observation& r) { return r.key.family.empty() ? "" : name_ + " " + r.key.family; });
    runtime_ = by([&](const Observation& r) { return r.key.runtime.empty() ? "" : name_ + " " + r.key.runtime; });
    platform_ = by([](const Observation& r) { return r.key.platform; });
    format_ = by([](const Observation& r) { return r.key.platform + " " + r.format; });
    architecture_ = by([](const Observation& r) { return r.traits.architecture; });
  }

  Status run(Fitted* fitted) {
    RS_TRY(solve());
    RS_TRY(leave_out(fitted));
    add_class(fitted);
    add_scopes(fitted);
    return {};
  }

 private:
  // What all of a class have in common is not drawn toward anything: a wide prior of its level.
  static constexpr double kOpenLevel = 10;
  enum Effect : std::size_t {
    kClassFeatures,
    kMachine,
    kFamilyFeatures,
    kFamilyLevel,
    kRuntimeFeatures,
    kRuntimeLevel,
    kPlatformFeatures,
    kPlatformLevel,
    kFormatFeatures,
    kFormatLevel,
    kClassArchitecture,
    kFamilyArchitecture,
    kPlatformArchitecture,
  };

  void lay_out_features() {
    features_ = Matrix(rows_.size(), cost::kFeatures);
    machine_ = Matrix(rows_.size(), cost::kMachineFeatures);
    ones_ = Matrix(rows_.size(), 1);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const Observation& row = *rows_[i];
      const auto values = cost::features(row.traits, row.load, row.measurement->batch);
      std::copy(values.begin(), values.end(), features_.row(i).begin());
      const auto of_machine = cost::machine_features(row.load);
      std::copy(of_machine.begin(), of_machine.end(), machine_.row(i).begin());
      ones_(i, 0) = 1;
    }
  }

  // Rows of one group and one architecture; -1 where either is missing.
  std::vector<int> with_architecture(const Grouping& groups) const {
    std::vector<int> pairs;
    const int architectures = static_cast<int>(architecture_.names.size());
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const int of_group = groups.of_row[i], of_architecture = architecture_.of_row[i];
      pairs.push_back(of_group < 0 || of_architecture < 0 ? -1 : of_group * architectures + of_architecture);
    }
    return pairs;
  }

  Status solve() {
    lay_out_features();
    std::vector<double> targets;
    for (const Observation* row : rows_) targets.push_back(row->log_ratio);
    model_.emplace(std::move(targets), hyper_.noise);
    const auto add = [&](double variance, const Matrix& features, const std::vector<int>& groups) {
      model_->add({.variance = variance, .features = features, .groups = groups});
    };
    // In the order of Effect.
    Matrix open = features_;
    for (std::size_t i = 0; i < rows_.size(); ++i) open(i, 0) *= std::sqrt(kOpenLevel / hyper_.class_features);
    add(hyper_.class_features, open, class_.of_row);
    add(hyper_.machine_features, machine_, class_.of_row);
    add(hyper_.family_features, features_, family_.of_row);
    add(hyper_.family_level, ones_, family_.of_row);
    add(hyper_.runtime_features, features_, runtime_.of_row);
    add(hyper_.runtime_level, ones_, runtime_.of_row);
    add(hyper_.platform_features, features_, platform_.of_row);
    add(hyper_.platform_level, ones_, platform_.of_row);
    add(hyper_.format_features, features_, format_.of_row);
    add(hyper_.format_level, ones_, format_.of_row);
    add(hyper_.class_architecture, ones_, with_architecture(class_));
    add(hyper_.family_architecture, ones_, with_architecture(family_));
    add(hyper_.platform_architecture, ones_, with_architecture(platform_));
    RS_ASSIGN(solution_, model_->fit());
    return {};
  }

  std::vector<int> together(Unseen unseen) const {
    Numbering numbering;
    std::vector<int> groups;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const Observation& row = *rows_[i];
      switch (unseen) {
        case kUnseenRow: groups.push_back(static_cast<int>(i)); break;
        case kUnseenNetwork: groups.push_back(numbering(row.key.platform + "|" + row.network)); break;
        case kUnseenPlatform: groups.push_back(numbering(row.key.platform)); break;
        case kUnseenFamily:
          groups.push_back(numbering(row.key.family.empty() ? row.key.platform : row.key.family));
          break;
      }
    }
    return groups;
  }

  bool has_sibling(const Observation& row) const {
    for (const Observation* other : rows_)
      if (!row.key.family.empty() && other->key.family == row.key.family && other->key.platform != row.key.platform)
        return true;
    return false;
  }

  static double quantile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    const double at = share * static_cast<double>(values.size() - 1);
    const auto low = static_cast<std::size_t>(at);
    const std::size_t high = std::min(low + 1, values.size() - 1);
    return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
  }

  Status leave_out(Fitted* fitted) {
    for (const Unseen unseen : {kUnseenRow, kUnseenNetwork, kUnseenPlatform, kUnseenFamily}) {
      RS_ASSIGN(const auto residuals, solution_.leave_out(together(unseen)));
      std::vector<double> values;
      std::vector<std::size_t> given;
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (unseen == kUnseenPlatform && !has_sibling(*rows_[i])) continue;
        values.push_back(residuals[i].value);
        given.push_back(i);
      }
      if (values.empty()) continue;
      const double spread = std::max(1e-3, spread_of(values, 0, 0));
      if (unseen == kUnseenNetwork) set_platform_spreads(residuals, spread);
      const bool by_platform = unseen == kUnseenNetwork || unseen == kUnseenRow;
      std::vector<double> scaled;
      for (std::size_t k = 0; k < given.size(); ++k)
        scaled.push_back(values[k] / (by_platform ? platform_spread(given[k], spread) : spread));
      v1::CalibrationGrade grade;
      grade.set_row_count(static_cast<int>(values.size()));
      grade.set_residual_spread(spread);
      grade.set_low_quantile(quantile(scaled, 0.05));
      grade.set_high_quantile(quantile(scaled, 0.95));
      for (std::size_t k = 0; k < given.size(); ++k) {
        const double of_row = by_platform ? platform_spread(given[k], spread) : spread;
        fitted->unseen[unseen][positions_[given[k]]] = {true, values[k], grade.low_quantile() * of_row,
                                                        grade.high_quantile() * of_row};
      }
      if (unseen == kUnseenRow) continue;
      grade.set_seen(unseen == kUnseenNetwork    ? v1::CalibrationGrade::PLATFORM
                     : unseen == kUnseenPlatform ? v1::CalibrationGrade::FAMILY
                                                 : v1::CalibrationGrade::CLASS);
      grades_.push_back(grade);
    }
    return {};
  }

  void set_platform_spreads(const std::vector<MixedModel::Residual>& residuals, double of_class) {
    std::vector<std::vector<double>> values(platform_.names.size());
    for (std::size_t i = 0; i < rows_.size(); ++i)
      values[static_cast<std::size_t>(platform_.of_row[i])].push_back(residuals[i].value);
    for (const auto& of_platform : values) platform_spreads_.push_back(spread_of(of_platform, of_class, kSpreadRows));
  }
  double platform_spread(std::size_t row, double otherwise) const {
    return platform_spreads_.empty() ? otherwise : platform_spreads_[static_cast<std::size_t>(platform_.of_row[row])];
  }

  // Root mean square of what the architectures add that have been seen: one that has not will add as much.
  double spread_of_architectures() const {
    double sum = 0;
    const std::size_t count = architecture_.names.size();
    for (std::size_t a = 0; a < count; ++a) {
      const double added = solution_.coefficients(kClassArchitecture, static_cast<int>(a))[0];
      sum += added * added;
    }
    return count > 0 ? std::sqrt(sum / static_cast<double>(count)) : 0;
  }

  void add_class(Fitted* fitted) const {
    v1::CalibrationClass* of = fitted->calibration.add_classes();
    of->set_id(name_);
    for (const double value : solution_.coefficients(kMachine, 0)) of->add_machine_coefficients(value);
    for (std::size_t k = 0; k < cost::kFeatures; ++k) {
      double least = features_(0, k), most = least;
      for (std::size_t i = 1; i < rows_.size(); ++i) {
        least = std::min(least, features_(i, k));
        most = std::max(most, features_(i, k));
      }
      of->add_least(least);
      of->add_most(most);
    }
    for (const v1::CalibrationGrade& grade : grades_) *of->add_grades() = grade;
    of->set_architecture_spread(spread_of_architectures());
  }

  v1::CalibrationScope* add_scope(Scope::Kind kind, const Grouping& groups, std::size_t at, Fitted* fitted) const {
    v1::CalibrationScope* scope = fitted->calibration.add_scopes();
    scope->set_kind(kind);
    scope->set_id(groups.names[at]);
    std::set<std::string> networks;
    int rows = 0;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (groups.of_row[i] != static_cast<int>(at)) continue;
      ++rows;
      networks.insert(rows_[i]->network);
    }
    scope->set_row_count(rows);
    scope->set_network_count(static_cast<int>(networks.size()));
    return scope;
  }

  void set_coefficients(std::size_t at, std::optional<Effect> slopes, std::optional<Effect> level,
                        v1::CalibrationScope* scope) const {
    std::vector<double> sum(cost::kFeatures, 0.0);
    if (slopes) sum = solution_.coefficients(*slopes, static_cast<int>(at));
    if (slopes == kClassFeatures) sum[0] *= std::sqrt(kOpenLevel / hyper_.class_features);
    if (level) sum[0] += solution_.coefficients(*level, static_cast<int>(at))[0];
    for (const double value : sum) scope->add_coefficients(value);
  }

  void set_architectures(Effect effect, std::size_t at, v1::CalibrationScope* scope) const {
    const int count = static_cast<int>(architecture_.names.size());
    for (int a = 0; a < count; ++a) {
      const double added = solution_.coefficients(effect, static_cast<int>(at) * count + a)[0];
      if (added != 0) (*scope->mutable_architectures())[architecture_.names[static_cast<std::size_t>(a)]] = added;
    }
  }

  void add_scopes(Fitted* fitted) const {
    auto* of_class = add_scope(Scope::CLASS, class_, 0, fitted);
    set_coefficients(0, kClassFeatures, std::nullopt, of_class);
    set_architectures(kClassArchitecture, 0, of_class);
    for (std::size_t g = 0; g < family_.names.size(); ++g) {
      auto* scope = add_scope(Scope::FAMILY, family_, g, fitted);
      set_coefficients(g, kFamilyFeatures, kFamilyLevel, scope);
      set_architectures(kFamilyArchitecture, g, scope);
    }
    for (std::size_t g = 0; g < runtime_.names.size(); ++g)
      set_coefficients(g, kRuntimeFeatures, kRuntimeLevel, add_scope(Scope::RUNTIME, runtime_, g, fitted));
    for (std::size_t g = 0; g < platform_.names.size(); ++g) {
      auto* scope = add_scope(Scope::PLATFORM, platform_, g, fitted);
      scope->set_residual_spread(platform_spreads_[g]);
      set_coefficients(g, kPlatformFeatures, kPlatformLevel, scope);
      set_architectures(kPlatformArchitecture, g, scope);
    }
    for (std::size_t g = 0; g < format_.names.size(); ++g)
      set_coefficients(g, kFormatFeatures, kFormatLevel, add_scope(Scope::FORMAT, format_, g, fitted));
  }

  std::string name_;
  std::vector<const Observation*> rows_;
  std::vector<std::size_t> positions_;  // of the rows among all observations
  Hyper hyper_;
  Grouping class_, family_, runtime_, platform_, format_, architecture_;
  Matrix features_, machine_, ones_;
  std::optional<MixedModel> model_;
  MixedModel::Fit solution_;
  std::vector<double> platform_spreads_;
  std::vector<v1::CalibrationGrade> grades_;
};

}  // namespace

Result<Fitted> fit(std::span<const Observation> observations, const CancelToken* cancel) {
  if (observations.empty())
    return failed_precondition("no measurement that the model can be held against; see why each was left out");
  Fitted fitted;
  for (const std::string_view name : cost::feature_names()) fitted.calibration.add_features(std::string(name));
  for (auto& residuals : fitted.unseen) residuals.resize(observations.size());
  std::map<std::string, std::pair<std::vector<const Observation*>, std::vector<std::size_t>>> classes;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    auto& [rows, positions] = classes[observations[i].key.device_class];
    rows.push_back(&observations[i]);
    positions.push_back(i);
  }
  for (const auto& [name, of] : classes)
    if (of.first.size() > kMostRowsOfClass)
      return invalid_argument(
          "{} usable rows of the class '{}'; at most {}, for time grows with their cube. Give fewer files, or the "
          "medians of repeated measurements",
          of.first.size(), name, kMostRowsOfClass);
  for (auto& [name, of] : classes) {
    if (cancel != nullptr && cancel->cancelled()) return cancelled("the fit was cancelled");
    ClassFit of_class(name, std::move(of.first), std::move(of.second));
    RS_TRY(of_class.run(&fitted));
  }
  return fitted;
}

}  // namespace roofscape::calibrate
