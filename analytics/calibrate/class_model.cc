#include "analytics/calibrate/class_model.h"

#include <algorithm>
#include <cmath>

namespace roofscape::calibrate {
namespace {

using cost::Part;
using linear::Matrix;

// What all of a class have in common is not drawn toward anything: a wide prior of its level.
constexpr double kOpenLevel = 10;
// Arithmetic gives about half of its peak, memories three quarters, launches take what is stated. Measured ceilings of
// kinds of layers are reached, and while arithmetic gives half of its peak power is half of its own.
constexpr PartsModel::Parts kBaseOfPeaks = {0.7, 0.3, 0.3, 0}, kBaseOfOthers = {0, 0.3, 0.3, 0};

PartsModel::Row row_of(const Observation& row, const PartsModel::Parts& base) {
  PartsModel::Row out{.seconds = {}, .base = base, .log_seconds = row.log_seconds};
  const auto parts = row.load.parts();
  for (std::size_t p = 0; p < cost::kParts; ++p) out.seconds[p] = std::max(parts[p].value(), 0.0);
  return out;
}

}  // namespace

ClassModel::ClassModel(std::string name, std::vector<const Observation*> rows, const Hyper& hyper)
    : name_(std::move(name)), rows_(std::move(rows)), hyper_(hyper) {
  const auto by = [&](const auto& f) { return group(rows_, f); };
  all = by([&](const Observation&) { return name_; });
  family = by([&](const Observation& r) { return r.key.family.empty() ? "" : name_ + " " + r.key.family; });
  runtime = by([&](const Observation& r) { return r.key.runtime.empty() ? "" : name_ + " " + r.key.runtime; });
  platform = by([](const Observation& r) { return r.key.platform; });
  format = by([](const Observation& r) { return r.key.platform + " " + r.format; });
  architecture = by([](const Observation& r) { return r.traits.architecture; });
}

const PartsModel::Parts& ClassModel::base() const {
  const Observation& any = *rows_.front();
  return any.is_energy || !any.platform->machine.layer_ceilings.empty() ? kBaseOfOthers : kBaseOfPeaks;
}

void ClassModel::lay_out_features() {
  for (std::size_t p = 0; p < cost::kParts; ++p)
    of_part_[p] = Matrix(rows_.size(), cost::kFirstFeature[p + 1] - cost::kFirstFeature[p]);
  machine_ = Matrix(rows_.size(), cost::kMachineFeatures);
  ones_ = Matrix(rows_.size(), 1);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Observation& row = *rows_[i];
    features_.push_back(cost::features(row.traits, row.load, row.measurement->batch));
    for (std::size_t p = 0; p < cost::kParts; ++p)
      std::copy_n(features_.back().begin() + static_cast<std::ptrdiff_t>(cost::kFirstFeature[p]), of_part_[p].columns,
                  of_part_[p].row(i).begin());
    const auto of_machine = cost::machine_features(row.load);
    std::copy(of_machine.begin(), of_machine.end(), machine_.row(i).begin());
    ones_(i, 0) = 1;
  }
}

// Rows of one group and one architecture; -1 where either is missing.
std::vector<int> ClassModel::with_architecture(const Grouping& groups) const {
  std::vector<int> pairs;
  const int architectures = static_cast<int>(architecture.names.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const int of_group = groups.of_row[i], of_architecture = architecture.of_row[i];
    pairs.push_back(of_group < 0 || of_architecture < 0 ? -1 : of_group * architectures + of_architecture);
  }
  return pairs;
}

Status ClassModel::fit() {
  lay_out_features();
  std::vector<PartsModel::Row> rows;
  for (const Observation* row : rows_) rows.push_back(row_of(*row, base()));
  model_.emplace(std::move(rows), hyper_.noise);
  // In the order of Effect.
  add_arithmetic();
  add_others();
  return model_->fit();
}

void ClassModel::add(Part part, double variance, const Matrix& features, const std::vector<int>& groups) {
  model_->add({.part = part, .variance = variance, .features = features, .groups = groups});
}

void ClassModel::add_arithmetic() {
  const Matrix& features = of_part_[static_cast<std::size_t>(Part::kArithmetic)];
  Matrix open = features;
  for (std::size_t i = 0; i < rows_.size(); ++i) open(i, 0) *= std::sqrt(kOpenLevel / hyper_.class_features);
  const auto put = [&](double variance, const Matrix& of, const std::vector<int>& groups) {
    add(Part::kArithmetic, variance, of, groups);
  };
  put(hyper_.class_features, open, all.of_row);
  model_->add({.part = Part::kArithmetic,
               .variance = hyper_.machine_features,
               .features = machine_,
               .groups = all.of_row,
               .bounded = false});
  put(hyper_.family_features, features, family.of_row);
  put(hyper_.family_level, ones_, family.of_row);
  put(hyper_.runtime_features, features, runtime.of_row);
  put(hyper_.runtime_level, ones_, runtime.of_row);
  put(hyper_.platform_features, features, platform.of_row);
  put(hyper_.platform_level, ones_, platform.of_row);
  put(hyper_.format_features, features, format.of_row);
  put(hyper_.format_level, ones_, format.of_row);
  put(hyper_.class_architecture, ones_, with_architecture(all));
  put(hyper_.family_architecture, ones_, with_architecture(family));
  put(hyper_.platform_architecture, ones_, with_architecture(platform));
}

void ClassModel::add_others() {
  const auto levels = [&](Part part, double variance, const std::vector<int>& groups) {
    add(part, variance, ones_, groups);
  };
  const auto slopes = [&](Part part, double variance, const std::vector<int>& groups) {
    add(part, variance, of_part_[static_cast<std::size_t>(part)], groups);
  };
  levels(Part::kFetch, hyper_.class_fetch, all.of_row);
  levels(Part::kFetch, hyper_.family_fetch, family.of_row);
  levels(Part::kFetch, hyper_.runtime_fetch, runtime.of_row);
  slopes(Part::kTraffic, hyper_.class_traffic, all.of_row);
  slopes(Part::kTraffic, hyper_.runtime_traffic, runtime.of_row);
  levels(Part::kTraffic, hyper_.platform_traffic, platform.of_row);
  levels(Part::kTraffic, hyper_.architecture_traffic, architecture.of_row);
  slopes(Part::kLaunch, hyper_.class_launch, all.of_row);
  slopes(Part::kLaunch, hyper_.runtime_launch, runtime.of_row);
  levels(Part::kLaunch, hyper_.platform_launch, platform.of_row);
  slopes(Part::kLaunch, hyper_.format_launch, format.of_row);
  levels(Part::kLaunch, hyper_.architecture_launch, architecture.of_row);
}

std::vector<double> ClassModel::coefficients(Effect effect, std::size_t group) const {
  std::vector<double> of = model_->coefficients(effect, static_cast<int>(group));
  if (effect == kClassFeatures) of[0] *= std::sqrt(kOpenLevel / hyper_.class_features);
  return of;
}

Result<std::vector<double>> ClassModel::residuals_without(Unseen unseen) {
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
