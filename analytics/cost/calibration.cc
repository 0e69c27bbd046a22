#include "analytics/cost/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "analytics/base/text.h"
#include "roofscape/v1/calibration.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::cost {
namespace {

using Coefficients = std::array<double, kFeatures>;
using Scope = v1::CalibrationScope;

Status check_length(int length, std::size_t wanted, const std::string& of, const char* field) {
  if (length == static_cast<int>(wanted)) return {};
  return invalid_argument("{} has {} {}; this version has {}", of, length, field, wanted).at(field);
}

// The slope of time in a ceiling may not turn: memory time counts from not at all to fully, and a higher peak takes
// back at most what it gives.
void keep_monotone(std::array<double, kMachineFeatures>* machine) {
  // Per unit of ln(memory / compute): machine[0] / 2 below 0 and, on top, machine[1] / 2 above it.
  const double below = std::clamp((*machine)[0] / 2, 0.0, 1.0);
  const double both = std::clamp(((*machine)[0] + (*machine)[1]) / 2, 0.0, 1.0);
  *machine = {2 * below, 2 * (both - below), std::min((*machine)[2], 4 * (1 - std::max(below, both)))};
}

}  // namespace

struct Calibration::Data {
  struct Class {
    Coefficients least{}, most{};
    std::array<double, kMachineFeatures> machine{};
    double architecture_spread = 0;
    std::map<int, v1::CalibrationGrade> grades;
  };
  struct Group {
    Coefficients coefficients{};
    std::map<std::string, double, std::less<>> architectures;
    int rows = 0;
    double spread = 0;
  };
  std::map<std::string, Class, std::less<>> classes;
  std::map<std::pair<int, std::string>, Group> groups;

  const Group* group(Scope::Kind kind, const std::string& id) const {
    const auto found = groups.find({kind, id});
    return found == groups.end() ? nullptr : &found->second;
  }
};

std::string_view seen_name(Seen seen) {
  switch (seen) {
    case Seen::kPlatform: return "platform";
    case Seen::kFamily: return "family";
    case Seen::kClass: return "class";
  }
  return "";
}

CalibrationKey calibration_key(const v1::Platform& platform) {
  CalibrationKey key{"accelerator", platform.family(), platform.runtime(), platform.id()};
  switch (platform.device_class()) {
    case v1::CPU: key.device_class = "cpu"; break;
    case v1::GPU: key.device_class = "gpu"; break;
    case v1::MCU: key.device_class = "mcu"; break;
    case v1::FPGA: key.device_class = platform.has_fpga() ? "streaming" : "accelerator"; break;
    default: break;
  }
  return key;
}

Result<Calibration> Calibration::create(const v1::Calibration& message) {
  const auto names = feature_names();
  if (!std::equal(names.begin(), names.end(), message.features().begin(), message.features().end()))
    return invalid_argument("the calibration was made with other features than this version has; make it again")
        .at("features");
  auto data = std::make_shared<Data>();
  for (const v1::CalibrationClass& given : message.classes()) {
    const std::string of = fmt::format("class '{}'", printable(given.id(), 63));
    RS_TRY(check_length(given.machine_coefficients_size(), kMachineFeatures, of, "machine_coefficients"));
    RS_TRY(check_length(given.least_size(), kFeatures, of, "least"));
    RS_TRY(check_length(given.most_size(), kFeatures, of, "most"));
    Data::Class& added = data->classes[given.id()];
    std::copy(given.least().begin(), given.least().end(), added.least.begin());
    std::copy(given.most().begin(), given.most().end(), added.most.begin());
    std::copy(given.machine_coefficients().begin(), given.machine_coefficients().end(), added.machine.begin());
    keep_monotone(&added.machine);
    added.architecture_spread = given.architecture_spread();
    for (const v1::CalibrationGrade& grade : given.grades()) added.grades[grade.seen()] = grade;
  }
  for (const Scope& given : message.scopes()) {
    const std::string of = fmt::format("scope '{}'", printable(given.id(), 80));
    RS_TRY(check_length(given.coefficients_size(), kFeatures, of, "coefficients"));
    Data::Group& added = data->groups[{given.kind(), given.id()}];
    std::copy(given.coefficients().begin(), given.coefficients().end(), added.coefficients.begin());
    for (const auto& [name, value] : given.architectures()) added.architectures[name] = value;
    added.rows = given.row_count();
    added.spread = given.residual_spread();
  }
  return Calibration(std::move(data));
}

std::optional<PlatformCalibration> Calibration::find(const CalibrationKey& key) const {
  const auto of_class = data_->classes.find(key.device_class);
  if (of_class == data_->classes.end()) return std::nullopt;
  PlatformCalibration out;
  out.least_ = of_class->second.least;
  out.most_ = of_class->second.most;
  out.machine_ = of_class->second.machine;
  out.architecture_spread_ = of_class->second.architecture_spread;
  out.group_ = key.device_class;
  const auto add = [&](Scope::Kind kind, const std::string& id) {
    const Data::Group* group = data_->group(kind, id);
    if (group == nullptr) return false;
    for (std::size_t k = 0; k < kFeatures; ++k) out.coefficients_[k] += group->coefficients[k];
    for (const auto& [name, value] : group->architectures) out.architectures_[name] += value;
    if (kind == Scope::RUNTIME) return true;
    out.rows_ = group->rows;
    out.spread_ = group->spread;
    return true;
  };
  add(Scope::CLASS, key.device_class);
  if (!key.family.empty() && add(Scope::FAMILY, key.device_class + " " + key.family)) {
    out.seen_ = Seen::kFamily;
    out.group_ = key.family;
  }
  if (!key.runtime.empty()) add(Scope::RUNTIME, key.device_class + " " + key.runtime);
  if (add(Scope::PLATFORM, key.platform)) out.seen_ = Seen::kPlatform;
  for (std::size_t p = 0; p < kPrecisions; ++p) {
    const std::string id = fmt::format("{} {}", key.platform, precision_name(static_cast<Precision>(p)));
    if (const Data::Group* group = data_->group(Scope::FORMAT, id)) out.formats_[p] = group->coefficients;
  }
  const int grade = out.seen_ == Seen::kPlatform ? v1::CalibrationGrade::PLATFORM
                    : out.seen_ == Seen::kFamily ? v1::CalibrationGrade::FAMILY
                                                 : v1::CalibrationGrade::CLASS;
  const auto found = of_class->second.grades.find(grade);
  if (found == of_class->second.grades.end()) return std::nullopt;
  if (out.seen_ != Seen::kPlatform || !(out.spread_ > 0)) out.spread_ = found->second.residual_spread();
  out.low_ = found->second.low_quantile();
  out.high_ = found->second.high_quantile();
  return out;
}

std::string PlatformCalibration::basis() const {
  switch (seen_) {
    case Seen::kPlatform: return fmt::format("{} measurements of this platform", rows_);
    case Seen::kFamily: return fmt::format("{} measurements of others of the family '{}'", rows_, group_);
    case Seen::kClass: return fmt::format("{} measurements of other families of the class '{}'", rows_, group_);
  }
  return "";
}

Prediction PlatformCalibration::predict(const Traits& traits, const Load& load, double batch) const {
  const auto given = features(traits, load, batch);
  double exponent = 0, outside = 0;
  for (std::size_t k = 0; k < kFeatures; ++k) {
    const double inside = std::clamp(given[k], least_[k], most_[k]);
    outside = std::max(outside, std::abs(given[k] - inside));
    double coefficient = coefficients_[k];
    for (std::size_t p = 0; p < kPrecisions; ++p) coefficient += load.precisions[p] * formats_[p][k];
    if (k >= kFirstOverflowFeature) coefficient = std::max(coefficient, 0.0);
    exponent += coefficient * inside;
  }
  const auto machine = machine_features(load);
  for (std::size_t k = 0; k < kMachineFeatures; ++k) exponent += machine_[k] * machine[k];
  double spread = spread_ * (1 + outside);
  if (const auto found = architectures_.find(traits.architecture); found != architectures_.end()) {
    exponent += found->second;
  } else {
    spread = std::hypot(spread, architecture_spread_);
  }
  const Seconds time = load.ideal() * std::exp(exponent);
  return {time, time * std::exp(low_ * spread), time * std::exp(high_ * spread)};
}

}  // namespace roofscape::cost
