// How far hardware stays behind its ceilings: efficiencies learned from published measurements, and how sure they are.
//
//   RS_ASSIGN(const auto message, resolve(calibration, calibration_key(platform)));   // groups added up
//   RS_ASSIGN(const auto of, PlatformCalibration::create(*message));
//   const Prediction p = of.predict(traits, load, batch);      // time, and the interval that holds it 9 times of 10
//   of.basis();                                                // "154 measurements of this platform"
//
// The core is bounded: each part of a time is what the ceilings take, divided by an efficiency of its own,
//
//   time = Σ over arithmetic, weights fetched, traffic of activations, launches: ideal × exp(Σ coefficient · feature)
//
// of which only the second factor is learned. Features lie within the range that was measured: outside of it the
// efficiency stays as it is at the edge, and time goes on with the work. Coefficients are sums: what the class of
// hardware has in common, and what the family, the runtime, the platform and its format add; who has few rows adds
// little (analytics/calibrate/fit.h). Memory and ceilings enter so that raising any of them is never slower.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

#include "analytics/base/status.h"
#include "analytics/cost/features.h"
#include "analytics/cost/traits.h"

namespace roofscape::v1 {
class Calibration;
class Platform;
class PlatformCalibration;
}  // namespace roofscape::v1

namespace roofscape::cost {

// Between which times the true one lies nine times of ten.
struct Prediction {
  Seconds time, low, high;
};

// What a prediction leans on.
enum class Seen : std::uint8_t {
  kPlatform,  // measurements of the platform itself
  kFamily,    // of others of its family
  kClass,     // of other families of its class
};

// The groups that a platform belongs to, as calibrations name them.
struct CalibrationKey {
  std::string device_class;  // "cpu", "gpu", "mcu", "accelerator", "streaming"; "cpu by layer": with layer ceilings
  std::string family, runtime, platform;
};
CalibrationKey calibration_key(const v1::Platform& platform);

// The same groups of what is known of energy, which is learned as times are: a network takes the energy that nominal
// power makes of its time, times a factor.
CalibrationKey energy_key(CalibrationKey of_time);

class PlatformCalibration {
 public:
  // Fails with kInvalidArgument where the message has other than as many numbers as this program has features.
  static Result<PlatformCalibration> create(const v1::PlatformCalibration& message);
  Prediction predict(const Traits& traits, const Load& load, double batch) const;
  // What each part of the predicted time takes.
  std::array<Seconds, kParts> parts(const Traits& traits, const Load& load, double batch) const;
  Seen seen() const { return seen_; }
  // "154 measurements of this platform", "219 measurements of others of the family 'cortex-a72'" …
  std::string basis() const;

 private:
  using Features = std::array<double, kFeatures>;
  // How far features lie outside of what was measured; 0: inside.
  double outside(const Features& given) const;
  std::array<Seconds, kParts> stretched(const Traits& traits, const Load& load, const Features& given) const;

  std::array<double, kFeatures> coefficients_{}, least_{}, most_{};
  std::array<double, kMachineFeatures> machine_{};
  // By kind of network; but for single layers of some kinds they are all the same.
  std::array<std::array<std::array<double, kFeatures>, kPrecisions>, kNetworkKinds> formats_{};
  std::map<std::string, std::array<double, kParts>, std::less<>> architectures_;
  Seen seen_ = Seen::kClass;
  int rows_ = 0;
  std::string group_;
  double spread_ = 0, low_ = 0, high_ = 0, architecture_spread_ = 0;
};

// What a calibration says of a platform, to be kept with it; nothing where not even the class has been measured. Fails
// with kInvalidArgument where the calibration has other features than this program, or a group of another length.
Result<std::optional<v1::PlatformCalibration>> resolve(const v1::Calibration& calibration, const CalibrationKey& key);

}  // namespace roofscape::cost
