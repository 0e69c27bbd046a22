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

// A higher peak takes back at most what it gives.
void keep_monotone(std::array<double, kMachineFeatures>* machine) { (*machine)[0] = std::min((*machine)[0], 4.0); }

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
  // What is left to learn where kinds of layers have ceilings of their own is another thing.
  if (!platform.layer_ceilings().empty()) key.device_class += " by layer";
  return key;
}

CalibrationKey energy_key(CalibrationKey of_time) {
  of_time.device_class += " energy";
  of_time.platform += " energy";
  return of_time;
}

namespace {

// "fp16" is a precision of all layers, "fp16 separable" one of single layers of that kind.
struct FormatName {
  std::size_t precision = 0;
  std::optional<std::size_t> kind;
};
std::optional<FormatName> read_format(std::string_view text) {
  for (std::size_t p = 0; p < kPrecisions; ++p) {
    const std::string_view precision = precision_name(static_cast<Precision>(p));
    if (text == precision) return FormatName{p, std::nullopt};
    for (std::size_t kind = 0; kind < kNetworkKinds; ++kind)
      if (text == fmt::format("{} {}", precision, kind_name(static_cast<NetworkKind>(kind))))
        return FormatName{p, kind};
  }
  return std::nullopt;
}

// The groups of a platform, added up into its message as they are found.
class Sum {
 public:
  explicit Sum(const v1::CalibrationClass& of_class) {
    out_.mutable_coefficients()->Resize(kFeatures, 0);
    out_.mutable_format_coefficients()->Resize(kFeatures * kPrecisions, 0);
    *out_.mutable_machine_coefficients() = of_class.machine_coefficients();
    *out_.mutable_least() = of_class.least();
    *out_.mutable_most() = of_class.most();
    out_.set_architecture_spread(of_class.architecture_spread());
    see(v1::CalibrationGrade::CLASS, of_class.id(), 0);
  }

  void add(const Scope& scope) {
    for (int k = 0; k < scope.coefficients_size(); ++k)
      out_.set_coefficients(k, out_.coefficients(k) + scope.coefficients(k));
    for (const auto& [name, effect] : scope.architectures()) {
      v1::ArchitectureEffect& sum = (*out_.mutable_architectures())[name];
      sum.set_arithmetic(sum.arithmetic() + effect.arithmetic());
      sum.set_traffic(sum.traffic() + effect.traffic());
      sum.set_launch(sum.launch() + effect.launch());
    }
  }
  void add_format(const Scope& scope, std::string_view text) {
    const std::optional<FormatName> name = read_format(text);
    if (!name) return;
    if (name->kind) {
      *out_.add_formats_of_kinds() = scope;
      out_.mutable_formats_of_kinds()->rbegin()->set_id(std::string(text));
      return;
    }
    for (int k = 0; k < scope.coefficients_size(); ++k)
      out_.set_format_coefficients(static_cast<int>(name->precision * kFeatures) + k, scope.coefficients(k));
  }
  void see(v1::CalibrationGrade::Seen seen, const std::string& group, int rows) {
    out_.set_seen(seen);
    out_.set_group(group);
    out_.set_row_count(rows);
  }
  // False where the class has no such grade.
  bool set_interval(const v1::CalibrationClass& of_class, double spread) {
    for (const v1::CalibrationGrade& grade : of_class.grades()) {
      if (grade.seen() != out_.seen()) continue;
      out_.set_residual_spread(spread > 0 ? spread : grade.residual_spread());
      out_.set_low_quantile(grade.low_quantile());
      out_.set_high_quantile(grade.high_quantile());
      return true;
    }
    return false;
  }
  v1::PlatformCalibration& message() { return out_; }

 private:
  v1::PlatformCalibration out_;
};

Status check(const v1::Calibration& calibration, const v1::CalibrationClass& of_class) {
  const auto names = feature_names();
  if (!std::equal(names.begin(), names.end(), calibration.features().begin(), calibration.features().end()))
    return invalid_argument("the calibration was made with other features than this version has; make it again")
        .at("features");
  for (const Scope& scope : calibration.scopes())
    RS_TRY(check_length(scope.coefficients_size(), kFeatures, fmt::format("scope '{}'", printable(scope.id(), 80)),
                        "coefficients"));
  const std::string of = fmt::format("class '{}'", printable(of_class.id(), 63));
  RS_TRY(check_length(of_class.machine_coefficients_size(), kMachineFeatures, of, "machine_coefficients"));
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
    }
    if (scope.kind() == Scope::FORMAT && scope.id().starts_with(key.platform + " "))
      sum.add_format(scope, std::string_view(scope.id()).substr(key.platform.size() + 1));
  }
  if (!sum.set_interval(*of_class, spread)) return std::optional<v1::PlatformCalibration>();
  return std::optional(std::move(sum.message()));
}

Result<PlatformCalibration> PlatformCalibration::create(const v1::PlatformCalibration& message) {
  const std::string of = fmt::format("the calibration from '{}'", printable(message.group(), 63));
  RS_TRY(check_length(message.coefficients_size(), kFeatures, of, "coefficients"));
  RS_TRY(check_length(message.format_coefficients_size(), kFeatures * kPrecisions, of, "format_coefficients"));
  RS_TRY(check_length(message.machine_coefficients_size(), kMachineFeatures, of, "machine_coefficients"));
  RS_TRY(check_length(message.least_size(), kFeatures, of, "least"));
  RS_TRY(check_length(message.most_size(), kFeatures, of, "most"));
  PlatformCalibration out;
  std::copy(message.coefficients().begin(), message.coefficients().end(), out.coefficients_.begin());
  for (std::size_t p = 0; p < kPrecisions; ++p)
    for (auto& of_kind : out.formats_)
      std::copy_n(message.format_coefficients().begin() + static_cast<std::ptrdiff_t>(p * kFeatures), kFeatures,
                  of_kind[p].begin());
  for (const Scope& scope : message.formats_of_kinds()) {
    RS_TRY(check_length(scope.coefficients_size(), kFeatures, of, "formats_of_kinds"));
    const std::optional<FormatName> name = read_format(scope.id());
    if (!name || !name->kind)
      return invalid_argument("{} has the format '{}'; use a precision and a kind, 'fp16 separable'", of,
                              printable(scope.id(), 80))
          .at("formats_of_kinds");
    std::copy_n(scope.coefficients().begin(), kFeatures, out.formats_[*name->kind][name->precision].begin());
  }
  std::copy(message.machine_coefficients().begin(), message.machine_coefficients().end(), out.machine_.begin());
  keep_monotone(&out.machine_);
  std::copy(message.least().begin(), message.least().end(), out.least_.begin());
  std::copy(message.most().begin(), message.most().end(), out.most_.begin());
  for (const auto& [name, effect] : message.architectures())
    out.architectures_[name] = {effect.arithmetic(), 0, effect.traffic(), effect.launch()};
  out.seen_ = message.seen() == v1::CalibrationGrade::PLATFORM ? Seen::kPlatform
              : message.seen() == v1::CalibrationGrade::FAMILY ? Seen::kFamily
                                                               : Seen::kClass;
  out.rows_ = message.row_count();
  out.group_ = message.group();
  out.spread_ = message.residual_spread();
  out.low_ = message.low_quantile();
  out.high_ = message.high_quantile();
  out.architecture_spread_ = message.architecture_spread();
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

std::array<Seconds, kParts> PlatformCalibration::stretched(const Traits& traits, const Load& load,
                                                           const Features& given) const {
  const auto architecture = architectures_.find(traits.architecture);
  const auto ideal = load.parts();
  std::array<Seconds, kParts> out{};
  for (std::size_t part = 0; part < kParts; ++part) {
    double exponent = architecture == architectures_.end() ? 0 : architecture->second[part];
    for (std::size_t k = kFirstFeature[part]; k < kFirstFeature[part + 1]; ++k) {
      double coefficient = coefficients_[k];
      for (std::size_t p = 0; p < kPrecisions; ++p)
        coefficient += load.precisions[p] * formats_[static_cast<std::size_t>(traits.kind)][p][k];
      if (k >= kFirstOverflowFeature && k < kFirstOverflowFeature + kOverflowFeatures)
        coefficient = std::max(coefficient, 0.0);
      exponent += coefficient * std::clamp(given[k], least_[k], most_[k]);
    }
    if (part == static_cast<std::size_t>(Part::kArithmetic)) exponent += machine_[0] * machine_features(load)[0];
    out[part] = std::max(ideal[part], Seconds(0)) * std::exp(exponent);
  }
  return out;
}

std::array<Seconds, kParts> PlatformCalibration::parts(const Traits& traits, const Load& load, double batch) const {
  return stretched(traits, load, features(traits, load, batch));
}

Prediction PlatformCalibration::predict(const Traits& traits, const Load& load, double batch) const {
  const Features given = features(traits, load, batch);
  double spread = spread_ * (1 + outside(given));
  if (!architectures_.contains(traits.architecture)) spread = std::hypot(spread, architecture_spread_);
  Seconds time;
  for (const Seconds part : stretched(traits, load, given)) time += part;
  return {time, time * std::exp(low_ * spread), time * std::exp(high_ * spread)};
}

}  // namespace roofscape::cost
