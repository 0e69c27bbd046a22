#include "analytics/cost/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
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

// Where the rounds of an array are counted, or the lanes that wait for one another, there is no peak that is not
// reached.
bool states_lanes(const v1::Platform& platform) {
  if (platform.zero_skipping().has_lane_count() || platform.unstructured_sparsity().has_lane_count()) return true;
  return std::any_of(platform.compute().begin(), platform.compute().end(), [](const v1::ComputeCeiling& of) {
    return of.has_input_lane_count() || of.has_output_lane_count() || of.has_pixel_lane_count();
  });
}

}  // namespace

CalibrationKey calibration_key(const v1::Platform& platform) {
  CalibrationKey key{"accelerator", platform.family(), platform.runtime(), platform.id()};
  switch (platform.device_class()) {
    case v1::CPU: key.device_class = "cpu"; break;
    case v1::GPU: key.device_class = "gpu"; break;
    case v1::MCU: key.device_class = "mcu"; break;
    case v1::FPGA: key.device_class = platform.has_fpga() ? "streaming" : "accelerator"; break;
    default: break;
  }
  if (key.device_class == "accelerator" && states_lanes(platform)) key.device_class = "array";
  // What is left to learn where kinds of layers have ceilings of their own is another thing.
  if (!platform.layer_ceilings().empty()) key.device_class += " by layer";
  return key;
}

bool counts_cycles(std::string_view device_class) {
  return designs_by_network(device_class) || device_class.starts_with("array");
}

bool designs_by_network(std::string_view device_class) { return device_class.starts_with("streaming"); }

bool is_of_layers(std::string_view device_class) { return device_class.ends_with(" layer"); }

CalibrationKey energy_key(CalibrationKey of_time) {
  of_time.device_class += " energy";
  of_time.platform += " energy";
  return of_time;
}

namespace {

std::optional<std::size_t> precision_named(std::string_view name) {
  for (std::size_t p = 0; p < kPrecisions; ++p)
    if (precision_name(static_cast<Precision>(p)) == name) return p;
  return std::nullopt;
}

// The groups of a platform, added up into its message as they are found.
class Sum {
 public:
  explicit Sum(const v1::CalibrationClass& of_class) {
    out_.mutable_coefficients()->Resize(kFeatures, 0);
    out_.mutable_precision_levels()->Resize(kPrecisions, 0);
    out_.mutable_precision_row_counts()->Resize(kPrecisions, 0);
    *out_.mutable_least() = of_class.least();
    *out_.mutable_most() = of_class.most();
    out_.set_relative_spread(of_class.relative_spread());
    see(v1::CalibrationGrade::CLASS, of_class.id(), 0);
  }

  void add(const Scope& scope) {
    for (int k = 0; k < scope.coefficients_size(); ++k)
      out_.set_coefficients(k, out_.coefficients(k) + scope.coefficients(k));
    const bool nearby = scope.kind() == Scope::FAMILY || scope.kind() == Scope::PLATFORM;
    for (const v1::RelativeEffect& effect : scope.relatives()) add_relative(effect, nearby);
  }
  void add_format(const Scope& scope, std::string_view name) {
    const std::optional<std::size_t> precision = precision_named(name);
    if (!precision) return;
    const auto p = static_cast<int>(*precision);
    out_.set_precision_levels(p, out_.precision_levels(p) + scope.coefficients(0));
    out_.set_precision_row_counts(p, out_.precision_row_counts(p) + scope.row_count());
  }
  void see(v1::CalibrationGrade::Seen seen, const std::string& group, int rows) {
    out_.set_seen(seen);
    out_.set_group(group);
    out_.set_row_count(rows);
  }
  // By the grade of what has been seen, or the next wider one that the class has; false where it has none.
  bool set_interval(const v1::CalibrationClass& of_class, double spread) {
    const v1::CalibrationGrade* nearest = nullptr;
    for (const v1::CalibrationGrade& grade : of_class.grades())
      if (grade.seen() >= out_.seen() && (nearest == nullptr || grade.seen() < nearest->seen())) nearest = &grade;
    if (nearest == nullptr) return false;
    out_.set_residual_spread(spread > 0 ? spread : nearest->residual_spread());
    out_.set_low_quantile(nearest->low_quantile());
    out_.set_high_quantile(nearest->high_quantile());
    if (out_.has_own()) return true;  // somebody's own rows may well lie farther off
    if (nearest->has_least_residual()) out_.set_least_residual(nearest->least_residual());
    if (nearest->has_most_residual()) out_.set_most_residual(nearest->most_residual());
    return true;
  }
  v1::PlatformCalibration& message() { return out_; }

 private:
  void add_relative(const v1::RelativeEffect& effect, bool nearby) {
    const auto same = [&](const v1::RelativeEffect& known) {
      return known.kind() == effect.kind() && known.mac_count() == effect.mac_count() &&
             known.parameter_count() == effect.parameter_count() &&
             known.input_position_count() == effect.input_position_count() &&
             known.layer_count() == effect.layer_count() && known.activation_count() == effect.activation_count();
    };
    auto& all = *out_.mutable_relatives();
    const auto found = std::find_if(all.begin(), all.end(), same);
    const bool is_new = found == all.end();
    v1::RelativeEffect& known = is_new ? *all.Add() : *found;
    if (is_new)
      known = effect;
    else
      known.set_added(known.added() + effect.added());
    known.set_measured_nearby(known.measured_nearby() || nearby);
  }

  v1::PlatformCalibration out_;
};

Status check(const v1::Calibration& calibration, const v1::CalibrationClass& of_class) {
  const auto table = feature_table();
  if (!std::equal(table.begin(), table.end(), calibration.features().begin(), calibration.features().end(),
                  [](const Feature& feature, const std::string& name) { return feature.name == name; }))
    return invalid_argument("the calibration was made with other features than this version has; make it again")
        .at("features");
  for (const Scope& scope : calibration.scopes())
    RS_TRY(check_length(scope.coefficients_size(), kFeatures, fmt::format("scope '{}'", printable(scope.id(), 80)),
                        "coefficients"));
  const std::string of = fmt::format("class '{}'", printable(of_class.id(), 63));
  RS_TRY(check_length(of_class.least_size(), kFeatures, of, "least"));
  return check_length(of_class.most_size(), kFeatures, of, "most");
}

}  // namespace

Result<std::optional<v1::PlatformCalibration>> resolve(const v1::Calibration& calibration, const CalibrationKey& key) {
  const auto of_class = std::find_if(calibration.classes().begin(), calibration.classes().end(),
                                     [&](const auto& candidate) { return candidate.id() == key.device_class; });
  if (of_class == calibration.classes().end()) return std::optional<v1::PlatformCalibration>();
  RS_TRY(check(calibration, *of_class));
  const std::string prefix = key.device_class + " ";
  Sum sum(*of_class);
  double spread = 0;
  for (const Scope& scope : calibration.scopes()) {  // sorted by kind: the narrowest that is seen comes last
    if (scope.kind() == Scope::CLASS && scope.id() == key.device_class) {
      sum.add(scope);
      sum.see(v1::CalibrationGrade::CLASS, key.device_class, scope.row_count());
    } else if (scope.kind() == Scope::FAMILY && scope.id() == prefix + key.family) {
      sum.add(scope);
      sum.see(v1::CalibrationGrade::FAMILY, key.family, scope.row_count());
    } else if (scope.kind() == Scope::RUNTIME && scope.id() == prefix + key.runtime) {
      sum.add(scope);
    } else if (scope.kind() == Scope::PLATFORM && scope.id() == key.platform) {
      sum.add(scope);
      sum.see(v1::CalibrationGrade::PLATFORM, key.platform, scope.row_count());
      spread = scope.residual_spread();
      if (scope.has_own()) *sum.message().mutable_own() = scope.own();
    }
    if (scope.kind() == Scope::FORMAT && scope.id().starts_with(key.platform + " "))
      sum.add_format(scope, std::string_view(scope.id()).substr(key.platform.size() + 1));
  }
  if (!sum.set_interval(*of_class, spread)) return std::optional<v1::PlatformCalibration>();
  return std::optional(std::move(sum.message()));
}

namespace {

Result<Relative> relative_of(const v1::RelativeEffect& effect, const std::string& of) {
  const std::optional<NetworkKind> kind = kind_named(effect.kind());
  const Relative relative = {kind.value_or(NetworkKind::kPlain), effect.mac_count(),   effect.parameter_count(),
                             effect.input_position_count(),      effect.layer_count(), effect.activation_count()};
  const auto counted = [](double value) { return value >= 0 && std::isfinite(value); };
  if (kind && relative.macs > 0 && counted(relative.macs) && counted(relative.parameters) && counted(relative.input) &&
      counted(relative.layers) && counted(relative.activations) && std::isfinite(effect.added()))
    return relative;
  return invalid_argument(
             "{} knows a network of the kind '{}' with {} multiply-accumulates, {} parameters, an input of {} "
             "positions, {} layers and {} activations, which adds {}",
             of, printable(effect.kind(), 40), relative.macs, relative.parameters, relative.input, relative.layers,
             relative.activations, effect.added())
      .at("relatives");
}

}  // namespace

Result<PlatformCalibration> PlatformCalibration::create(const v1::PlatformCalibration& message) {
  const std::string of = fmt::format("the calibration from '{}'", printable(message.group(), 63));
  RS_TRY(check_length(message.coefficients_size(), kFeatures, of, "coefficients"));
  RS_TRY(check_length(message.precision_levels_size(), kPrecisions, of, "precision_levels"));
  RS_TRY(check_length(message.precision_row_counts_size(), kPrecisions, of, "precision_row_counts"));
  RS_TRY(check_length(message.least_size(), kFeatures, of, "least"));
  RS_TRY(check_length(message.most_size(), kFeatures, of, "most"));
  PlatformCalibration out;
  std::copy(message.coefficients().begin(), message.coefficients().end(), out.coefficients_.begin());
  keep_bounds(out.coefficients_);
  std::copy(message.precision_levels().begin(), message.precision_levels().end(), out.precisions_.begin());
  std::copy(message.precision_row_counts().begin(), message.precision_row_counts().end(), out.precision_rows_.begin());
  std::copy(message.least().begin(), message.least().end(), out.least_.begin());
  std::copy(message.most().begin(), message.most().end(), out.most_.begin());
  std::vector<Relative> relatives, nearby;
  for (const v1::RelativeEffect& effect : message.relatives()) {
    RS_ASSIGN(relatives.emplace_back(), relative_of(effect, of));
    out.of_relatives_.push_back(effect.added());
  }
  out.relatives_ = Relatives(std::move(relatives));
  for (int r = 0; r < message.relatives_size(); ++r) {
    if (!message.relatives(r).measured_nearby()) continue;
    nearby.push_back(out.relatives_.of(static_cast<std::size_t>(r)));
    out.levels_.push_back(out.said_of(nearby.back()) + out.grown(nearby.back().macs));
  }
  out.nearby_ = Relatives(std::move(nearby));
  out.seen_ = message.seen() == v1::CalibrationGrade::PLATFORM ? Seen::kPlatform
              : message.seen() == v1::CalibrationGrade::FAMILY ? Seen::kFamily
                                                               : Seen::kClass;
  out.rows_ = message.row_count();
  out.group_ = message.group();
  out.spread_ = message.residual_spread();
  out.low_ = message.low_quantile();
  out.high_ = message.high_quantile();
  if (message.has_least_residual()) out.least_residual_ = message.least_residual();
  if (message.has_most_residual()) out.most_residual_ = message.most_residual();
  out.relative_spread_ = message.relative_spread();
  RS_ASSIGN(out.own_, OwnSpread::create(message.own()));
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

double PlatformCalibration::outside(const Features& given) const {
  double most = 0;
  for (std::size_t k = 0; k < kFeatures; ++k)
    most = std::max(most, std::abs(given[k] - std::clamp(given[k], least_[k], most_[k])));
  return most;
}

double PlatformCalibration::said_of(const Relative& network) const {
  double added = 0;
  for (const auto& [relative, weight] : relatives_.shares(network)) added += weight * of_relatives_[relative];
  return added;
}

double PlatformCalibration::exponent(Part part, const Features& given) const {
  double sum = 0;
  const FeatureRange range = features_of(part);
  for (std::size_t k = range.first; k < range.first + range.count; ++k)
    if (const Aspect aspect = feature_table()[k].aspect; aspect != Aspect::kPrecision && aspect != Aspect::kPeak)
      sum += coefficient(k, given[k]);
  return sum;
}

double PlatformCalibration::grown(double macs) const {
  Traits of;
  of.macs = macs;
  of.parameters = of.activations = of.input = of.layers = 1;
  return std::log(macs) + exponent(Part::kArithmetic, features(of, Load{}, 1));
}

double PlatformCalibration::added_for(const Relative& network) const {
  double least = -std::numeric_limits<double>::infinity(), most = std::numeric_limits<double>::infinity();
  nearby_.compare(
      network, [&](std::size_t smaller) { least = std::max(least, levels_[smaller]); },
      [&](std::size_t larger) { most = std::min(most, levels_[larger]); });
  const double size = grown(network.macs);
  least -= size;
  most -= size;
  // The middle one of three that all grow with the network, so it does, too. Where least is above most measurements
  // contradict one another.
  return std::clamp(said_of(network), std::min(least, most), std::max(least, most));
}

double PlatformCalibration::coefficient(std::size_t feature, double given) const {
  return coefficients_[feature] * std::clamp(given, least_[feature], most_[feature]);
}

std::array<double, kParts> PlatformCalibration::stretches(const Traits& traits, const Load& load, double batch) const {
  const Features given = features(traits, load, batch);
  std::array<double, kParts> out{};
  for (std::size_t part = 0; part < kParts; ++part) {
    double by = exponent(static_cast<Part>(part), given);
    if (static_cast<Part>(part) == Part::kArithmetic) by += added_for(relative_of(traits));
    out[part] = std::exp(by);
  }
  return out;
}

double PlatformCalibration::stretch_of(Precision precision, OpsPerSecond peak, Hertz clock) const {
  static const FeatureRange kWidth = features_of(Part::kArithmetic, Aspect::kPeak);
  static const FeatureRange kOfPrecision = features_of(Part::kArithmetic, Aspect::kPrecision);
  const auto p = static_cast<std::size_t>(precision);
  return std::exp(precisions_[p] + coefficients_[kOfPrecision.first + p] +
                  coefficient(kWidth.first, width_feature(peak, clock)));
}

void PlatformCalibration::slow(Precision precision, double by) {
  precisions_[static_cast<std::size_t>(precision)] += std::log(by);
}

std::array<Seconds, kParts> PlatformCalibration::parts(const Traits& traits, const Load& load, double batch) const {
  const std::array<double, kParts> stretch = stretches(traits, load, batch);
  std::array<Seconds, kParts> out = load.parts();
  const Seconds time = load.arithmetic();
  if (time.value() > 0) {
    Seconds arithmetic;
    for (std::size_t p = 0; p < kPrecisions; ++p)
      arithmetic += load.compute[p] * stretch_of(static_cast<Precision>(p), load.ops / time, load.clock);
    Seconds& part = out[static_cast<std::size_t>(Part::kArithmetic)];
    part = part * (arithmetic / time);
  }
  for (std::size_t part = 0; part < kParts; ++part) out[part] = std::max(out[part], Seconds(0)) * stretch[part];
  return out;
}

Spread PlatformCalibration::spread(const Traits& traits, const Load& load, double batch) const {
  // Farther outside nothing is known at all, and nothing that was measured was wider either.
  double spread = spread_ * (1 + std::min(outside(features(traits, load, batch)), 1.0));
  spread = std::hypot(spread, relative_spread_ * (1 - relatives_.most_likeness(relative_of(traits))));
  spread = own_.narrowed(traits, main_arithmetic(load), batch, spread);
  // However far outside, nothing was ever seen to be farther off.
  return {std::exp(std::max(low_ * spread, least_residual_)), std::exp(std::min(high_ * spread, most_residual_))};
}

Prediction PlatformCalibration::predict(const Traits& traits, const Load& load, double batch) const {
  Seconds time;
  for (const Seconds part : parts(traits, load, batch)) time += part;
  const Spread within = spread(traits, load, batch);
  return {time, time * within.low, time * within.high};
}

}  // namespace roofscape::cost
