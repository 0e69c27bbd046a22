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
// of which only the second factor is learned. It is the same for all layers of a network, but for what the arithmetic
// that runs a layer adds (ceiling_stretches.h): so layers add up to the whole, and what one of them is computed in says
// nothing of the others. Features lie within the range that was measured: outside of it the efficiency stays as it is
// at the edge, and time goes on with the work. Coefficients are sums: what the class of hardware has in common, and
// what the family, the runtime, the platform and its format add; who has few rows adds little (analytics/calibrate/
// fit.h). They are kept where more work never takes less time (features.h). A network that was measured, here or
// elsewhere, is known by its counts (relatives.h).
#pragma once

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/cost/features.h"
#include "analytics/cost/own_spread.h"
#include "analytics/cost/relatives.h"
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

// The same as shares of the predicted time.
struct Spread {
  double low = 1, high = 1;
};

// What a prediction leans on.
enum class Seen : std::uint8_t {
  kPlatform,  // measurements of the platform itself
  kFamily,    // of others of its family
  kClass,     // of other families of its class
};

// The groups that a platform belongs to, as calibrations name them.
struct CalibrationKey {
  // "cpu", "gpu", "mcu", "accelerator", "array" (one with its lanes stated), "streaming"; "cpu by layer": with layer
  // ceilings.
  std::string device_class;
  std::string family, runtime, platform;
};
CalibrationKey calibration_key(const v1::Platform& platform);

// Whether cycles of a class are counted, of arrays and streaming designs, rather than taken at a peak.
bool counts_cycles(std::string_view device_class);
// Whether each network has a design of its own there, which its rows say something of.
bool designs_by_network(std::string_view device_class);

// Whether a class is of single layers, measured by themselves: "gpu layer".
bool is_of_layers(std::string_view device_class);

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
  // By what each part of any layer's time is stretched; that of arithmetic also by its ceiling's own factor. Of `load`
  // only the weights and the room for them count.
  std::array<double, kParts> stretches(const Traits& traits, const Load& load, double batch) const;
  // By what arithmetic of that precision at such a peak is slower than arithmetic at large.
  double stretch_of(Precision precision, OpsPerSecond peak, Hertz clock) const;
  // Arithmetic of that precision is slower by such a factor than was learned.
  void slow(Precision precision, double by);
  // Measurements of the platform itself in that precision.
  int rows_in(Precision precision) const { return precision_rows_[static_cast<std::size_t>(precision)]; }
  Spread spread(const Traits& traits, const Load& load, double batch) const;
  Seen seen() const { return seen_; }
  // "154 measurements of this platform", "219 measurements of others of the family 'cortex-a72'" …
  std::string basis() const;

 private:
  using Features = std::array<double, kFeatures>;
  // How far features lie outside of what was measured; 0: inside.
  double outside(const Features& given) const;
  // What measured networks say of this one, and the same kept where one that asks for no less than a measured one takes
  // no less, and one that asks for no more takes no more.
  double said_of(const Relative& network) const;
  double added_for(const Relative& network) const;
  // To what its multiply-accumulates alone bring the logarithm of a network's arithmetic, at one image, so that nothing
  // hangs on batches.
  double grown(double macs) const;
  // Of a part's stretch the logarithm, without what belongs to ceilings and networks.
  double exponent(Part part, const Features& given) const;
  double coefficient(std::size_t feature, double given) const;

  Features coefficients_{}, least_{}, most_{};
  std::array<double, kPrecisions> precisions_{};  // what each adds
  std::array<int, kPrecisions> precision_rows_{};
  Relatives relatives_{{}};
  std::vector<double> of_relatives_;  // what each adds
  // Those that were measured here or on others of the family; and what is known of each, grown by its size.
  Relatives nearby_{{}};
  std::vector<double> levels_;
  Seen seen_ = Seen::kClass;
  int rows_ = 0;
  std::string group_;
  double spread_ = 0, low_ = 0, high_ = 0, relative_spread_ = 0;
  double least_residual_ = -std::numeric_limits<double>::infinity(),
         most_residual_ = std::numeric_limits<double>::infinity();
  OwnSpread own_;
};

// What a calibration says of a platform, to be kept with it; nothing where not even the class has been measured. Fails
// with kInvalidArgument where the calibration has other features than this program, or a group of another length.
Result<std::optional<v1::PlatformCalibration>> resolve(const v1::Calibration& calibration, const CalibrationKey& key);

}  // namespace roofscape::cost
