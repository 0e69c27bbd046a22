#include "analytics/calibrate/class_model.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <tuple>

namespace roofscape::calibrate {
namespace {

using cost::Part;
using linear::Matrix;

// Arithmetic gives about half of its peak, memories three quarters, launches take what is stated. Measured ceilings of
// kinds of layers are reached, and while arithmetic gives half of its peak power is half of its own.
constexpr PartsModel::Parts kNothing = {};
constexpr PartsModel::Parts kBaseOfPeaks = {0.7, 0.3, 0.3, 0}, kBaseOfOthers = {0, 0.3, 0.3, 0};

constexpr std::array kAllParts = {Part::kArithmetic, Part::kFetch, Part::kTraffic, Part::kLaunch};
PartsModel::Row row_of(const Observation& row, const PartsModel::Parts& base) {
  PartsModel::Row out{.seconds = {}, .base = base, .log_seconds = row.log_seconds};
  const auto parts = row.load.parts();
  for (std::size_t p = 0; p < cost::kParts; ++p) out.seconds[p] = std::max(parts[p].value(), 0.0);
  return out;
}

}  // namespace

ClassModel::ClassModel(std::string name, std::vector<const Observation*> rows, Common common)
    : name_(std::move(name)), common_(common), rows_(std::move(rows)) {
  const auto by = [&](Sharing sharing, const auto& f) { groups_[static_cast<std::size_t>(sharing)] = group(rows_, f); };
  const auto named = [&](const std::string& key) { return key.empty() ? "" : name_ + " " + key; };
  by(Sharing::kClass, [&](const Observation&) { return name_; });
  by(Sharing::kFamily, [&](const Observation& r) { return named(r.key.family); });
  by(Sharing::kRuntime, [&](const Observation& r) { return named(r.key.runtime); });
  by(Sharing::kPlatform, [](const Observation& r) { return r.key.platform; });
  by(Sharing::kFormat, [](const Observation& r) { return r.key.platform + " " + r.format; });
}

const PartsModel::Parts& ClassModel::base() const {
  if (common_ == Common::kMechanism || cost::counts_cycles(name_)) return kNothing;
  const Observation& any = *rows_.front();
  return any.is_energy || !any.platform->machine.layer_ceilings.empty() ? kBaseOfOthers : kBaseOfPeaks;
}

// Rows of which one cannot tell whether their networks differ are of one. Those of which most is known come first, so
// that others join them.
void ClassModel::find_relatives() {
  constexpr double kSame = 0.9;
  std::vector<std::size_t> order(rows_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto key = [](const cost::Traits& t) {
      return std::tuple(t.parameters_are_guessed, t.input_is_guessed, t.layers_are_guessed, t.activations_are_guessed,
                        t.kind, t.macs, t.parameters);
    };
    return key(rows_[a]->traits) < key(rows_[b]->traits);
  });
  std::vector<cost::Relative> found;
  for (const std::size_t i : order) {
    const cost::Traits& traits = rows_[i]->traits;
    const bool is_new = std::none_of(
        found.begin(), found.end(), [&](const cost::Relative& known) { return cost::likeness(known, traits) > kSame; });
    if (is_new) found.push_back(cost::relative_of(traits));
  }
  relatives_ = cost::Relatives(std::move(found));
  for (const Observation* row : rows_) shares_.push_back(relatives_.shares(cost::relative_of(row->traits)));
}

Status ClassModel::fit() {
  for (const Observation* row : rows_) features_.push_back(cost::features(row->traits, row->load, row->at_once));
  find_relatives();
  std::vector<PartsModel::Row> rows;
  for (const Observation* row : rows_) rows.push_back(row_of(*row, base()));
  model_.emplace(std::move(rows), kNoise);
  for (const Sharing sharing : kSharings) {
    const bool of_one_platform = sharing == Sharing::kPlatform || sharing == Sharing::kFormat;
    if (common_ == Common::kMechanism && !of_one_platform) continue;
    for (const Part part : kAllParts) add_features(sharing, part);
    add_relatives(sharing);
  }
  // Of a single layer more outputs of the same work are faster: they keep a device busier. Networks have enough of
  // them.
  if (!cost::is_of_layers(name_)) keep_bounds();
  return model_->fit();
}

// Bounds hold for what the groups of a platform add up to; those of a class for platforms that have not been seen.
void ClassModel::keep_bounds() {
  std::set<std::array<int, kSharings.size()>> platforms = {{0, -1, -1, -1, -1}};
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    std::array<int, kSharings.size()> of{};
    for (const Sharing sharing : kSharings)
      of[static_cast<std::size_t>(sharing)] = sharing == Sharing::kFormat ? -1 : groups(sharing).of_row[i];
    platforms.insert(of);
  }
  for (const auto& groups : platforms)
    for (std::size_t k = 0; k < cost::kFeatures; ++k) {
      const cost::Feature& feature = cost::feature_table()[k];
      PartsModel::Bound least{{}, feature.least}, most{{}, -feature.most};
      for (std::size_t e = 0; e < effects_.size(); ++e) {
        const std::vector<std::size_t>& features = effects_[e].features;
        const int group = groups[static_cast<std::size_t>(effects_[e].sharing)];
        const auto at = std::find(features.begin(), features.end(), k);
        if (group < 0 || at == features.end()) continue;
        const auto column = static_cast<std::size_t>(at - features.begin());
        least.terms.push_back({e, group, column, 1});
        most.terms.push_back({e, group, column, -1});
      }
      for (const PartsModel::Bound& bound : {least, most})
        if (!bound.terms.empty() && std::isfinite(bound.least)) model_->keep(bound);
    }
}

std::vector<double> ClassModel::residuals_of_mechanism() const {
  std::vector<double> residuals;
  for (const Observation* row : rows_) {
    Seconds time;
    for (const Seconds part : row->load.parts()) time += part;
    residuals.push_back(row->log_seconds - std::log(time.value()));
  }
  return residuals;
}

void ClassModel::add_features(Sharing sharing, Part part) {
  const RowsOf rows = cost::is_of_layers(name_) ? RowsOf::kLayers : RowsOf::kNetworks;
  Effect effect{sharing, {}};
  std::vector<double> variances;
  const cost::FeatureRange range = cost::features_of(part);
  for (std::size_t k = range.first; k < range.first + range.count; ++k) {
    const cost::Aspect aspect = cost::feature_table()[k].aspect;
    // Of one platform beside a mechanism: how far it is off, not how that depends on networks.
    if (common_ == Common::kMechanism && aspect != cost::Aspect::kLevel) continue;
    const double variance = variance_of(rows, sharing, part, aspect);
    if (!(variance > 0)) continue;
    effect.features.push_back(k);
    variances.push_back(variance);
  }
  if (variances.empty()) return;
  Matrix features(rows_.size(), variances.size());
  for (std::size_t i = 0; i < rows_.size(); ++i)
    for (std::size_t k = 0; k < variances.size(); ++k) features(i, k) = features_[i][effect.features[k]];
  model_->add({.part = part,
               .variances = std::move(variances),
               .features = std::move(features),
               .groups = groups(sharing).of_row});
  effects_.push_back(std::move(effect));
}

void ClassModel::add_relatives(Sharing sharing) {
  const double variance = common_ == Common::kLearned       ? variance_of_relative(sharing)
                          : cost::designs_by_network(name_) ? variance_of_design(sharing)
                                                            : 0;
  if (!(variance > 0)) return;
  OfRelatives& of = of_relatives_[static_cast<std::size_t>(sharing)];
  PartsModel::Mixture mixture{Part::kArithmetic, variance, 0, {}};
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const int of_group = groups(sharing).of_row[i];
    std::vector<PartsModel::Share>& shares = mixture.shares.emplace_back();
    if (of_group < 0) continue;
    for (const auto& [relative, weight] : shares_[i]) {
      const auto at = of.pairs.emplace(std::pair(of_group, relative), mixture.groups);
      mixture.groups += at.second ? 1 : 0;
      shares.push_back({at.first->second, weight});
    }
  }
  of.mixture = model_->add(std::move(mixture));
}

std::vector<double> ClassModel::coefficients(Sharing sharing, std::size_t group) const {
  std::vector<double> all(cost::kFeatures, 0.0);
  for (std::size_t e = 0; e < effects_.size(); ++e) {
    const std::vector<std::size_t>& features = effects_[e].features;
    if (effects_[e].sharing != sharing) continue;
    const std::vector<double> of = model_->coefficients(e, static_cast<int>(group));
    for (std::size_t k = 0; k < features.size(); ++k) all[features[k]] = of[k];
  }
  return all;
}

double ClassModel::added_for_relative(Sharing sharing, std::size_t group, std::size_t relative) const {
  const OfRelatives& of = of_relatives_[static_cast<std::size_t>(sharing)];
  const auto at = of.pairs.find({static_cast<int>(group), relative});
  return at == of.pairs.end() ? 0 : model_->coefficient(*of.mixture, at->second);
}

bool ClassModel::knows_relatives() const {
  return std::any_of(of_relatives_.begin(), of_relatives_.end(), [](const OfRelatives& of) { return of.mixture; });
}

Result<std::vector<double>> ClassModel::residuals_without(Unseen unseen) const {
  return model_->residuals_without(together(unseen));
}

std::vector<int> ClassModel::together(Unseen unseen) const {
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

bool ClassModel::has_sibling(const Observation& row) const {
  for (const Observation* other : rows_)
    if (!row.key.family.empty() && other->key.family == row.key.family && other->key.platform != row.key.platform)
      return true;
  return false;
}

}  // namespace roofscape::calibrate
