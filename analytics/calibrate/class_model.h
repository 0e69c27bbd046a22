// The model of one class of hardware: which groups its rows fall into, and what each of them adds to each part of a
// time.
//
//   ClassModel model("gpu", rows);
//   RS_TRY(model.fit());
//   RS_ASSIGN(const auto residuals, model.residuals_without(kUnseenPlatform));   // of each row
//   model.coefficients(Sharing::kFamily, g);                                     // one a feature
//   model.added_for_relative(Sharing::kFamily, g, r);
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analytics/calibrate/fit.h"
#include "analytics/calibrate/grouping.h"
#include "analytics/calibrate/parts_model.h"
#include "analytics/calibrate/variances.h"
#include "analytics/cost/relatives.h"

namespace roofscape::calibrate {

class ClassModel {
 public:
  // What is learned of a class as a whole: efficiencies, or nothing, where the mechanism alone is nearer to families
  // that have not been seen.
  enum class Common { kLearned, kMechanism };
  // The rows must outlive the model.
  ClassModel(std::string name, std::vector<const Observation*> rows, Common common);
  Status fit();
  // ln measured − ln predicted of each row by a model that has not seen what `unseen` says.
  Result<std::vector<double>> residuals_without(Unseen unseen) const;
  // What a group adds to each feature's coefficient.
  std::vector<double> coefficients(Sharing sharing, std::size_t group) const;
  // The networks that were measured; whether they count; and what a group adds for one of them.
  const cost::Relatives& relatives() const { return relatives_; }
  bool knows_relatives() const;
  double added_for_relative(Sharing sharing, std::size_t group, std::size_t relative) const;
  // What is known of each part beforehand, to which effects add.
  const PartsModel::Parts& base() const;

  const std::string& name() const { return name_; }
  const std::vector<const Observation*>& rows() const { return rows_; }
  const std::vector<std::array<double, cost::kFeatures>>& features() const { return features_; }
  // Names of families and runtimes start with that of the class.
  const Grouping& groups(Sharing sharing) const { return groups_[static_cast<std::size_t>(sharing)]; }
  // ln measured − ln of what the mechanism alone says, of each row.
  std::vector<double> residuals_of_mechanism() const;
  // Whether another platform of the row's family is among the rows.
  bool has_sibling(const Observation& row) const;

 private:
  struct Effect {
    Sharing sharing;
    std::vector<std::size_t> features;  // of the table, in order
  };

  void find_relatives();
  void add_features(Sharing sharing, cost::Part part);
  void add_relatives(Sharing sharing);
  void keep_bounds();
  std::vector<int> together(Unseen unseen) const;

  std::string name_;
  Common common_;
  std::vector<const Observation*> rows_;
  std::vector<std::array<double, cost::kFeatures>> features_;  // of each row
  std::array<Grouping, kSharings.size()> groups_;
  cost::Relatives relatives_{{}};
  std::vector<std::vector<cost::RelativeShare>> shares_;  // of each row
  std::vector<Effect> effects_;                           // as the parts model has them
  // What the groups of a sharing add for relatives: the model's mixture, and in it the groups of the pairs of which
  // there are rows.
  struct OfRelatives {
    std::optional<std::size_t> mixture;
    std::map<std::pair<int, std::size_t>, int> pairs;
  };
  std::array<OfRelatives, kSharings.size()> of_relatives_;
  std::optional<PartsModel> model_;
};

}  // namespace roofscape::calibrate
