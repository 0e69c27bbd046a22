// The model of one class of hardware: which groups its rows fall into, and what each of them adds to each part of a
// time.
//
//   ClassModel model("gpu", rows);
//   RS_TRY(model.fit());
//   RS_ASSIGN(const auto residuals, model.residuals_without(kUnseenPlatform));   // of each row, ln measured /
//   predicted model.coefficients(ClassModel::kFamilyLevel, g);
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analytics/calibrate/fit.h"
#include "analytics/calibrate/grouping.h"
#include "analytics/calibrate/hyper.h"
#include "analytics/calibrate/parts_model.h"

namespace roofscape::calibrate {

class ClassModel {
 public:
  // What adds to the logarithm by which a part of a time is stretched.
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
    kClassFetch,
    kFamilyFetch,
    kRuntimeFetch,
    kClassTraffic,
    kRuntimeTraffic,
    kPlatformTraffic,
    kArchitectureTraffic,
    kClassLaunch,
    kRuntimeLaunch,
    kPlatformLaunch,
    kFormatLaunch,
    kArchitectureLaunch,
  };

  // The rows must outlive the model.
  ClassModel(std::string name, std::vector<const Observation*> rows, const Hyper& hyper);
  ClassModel(const std::string& name, std::vector<const Observation*> rows)
      : ClassModel(name, std::move(rows), hyper_of(name)) {}
  // Fails with kFailedPrecondition where the noise is too small for the numbers.
  Status fit();
  // ln measured − ln predicted of each row by a model that has not seen what `unseen` says.
  Result<std::vector<double>> residuals_without(Unseen unseen);
  // What an effect adds for a group: numbers for the features of its part, from the first on.
  std::vector<double> coefficients(Effect effect, std::size_t group) const;
  // What is known of each part beforehand, to which effects add.
  const PartsModel::Parts& base() const;

  const std::string& name() const { return name_; }
  const std::vector<const Observation*>& rows() const { return rows_; }
  const std::vector<std::array<double, cost::kFeatures>>& features() const { return features_; }
  // Whether another platform of the row's family is among the rows.
  bool has_sibling(const Observation& row) const;

  // Of families and runtimes the names start with that of the class.
  Grouping all, family, runtime, platform, format, architecture;

 private:
  void lay_out_features();
  void add(cost::Part part, double variance, const linear::Matrix& features, const std::vector<int>& groups);
  void add_arithmetic();
  void add_others();
  std::vector<int> with_architecture(const Grouping& groups) const;
  std::vector<int> together(Unseen unseen) const;

  std::string name_;
  std::vector<const Observation*> rows_;
  Hyper hyper_;
  std::vector<std::array<double, cost::kFeatures>> features_;  // of each row
  std::array<linear::Matrix, cost::kParts> of_part_;
  linear::Matrix machine_, ones_;
  std::optional<PartsModel> model_;
};

}  // namespace roofscape::calibrate
