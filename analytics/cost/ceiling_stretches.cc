#include "analytics/cost/ceiling_stretches.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace roofscape::cost {
namespace {

// The peak of each precision that any layer and any weights reach; 0: there is none.
struct Peak {
  OpsPerSecond rate;
  double stretch = 1;
};
using Peaks = std::array<Peak, kPrecisions>;

bool is_there(const Peak& peak) { return peak.rate.value() > 0; }

Peaks peaks_of(const PlatformCalibration& calibration, Hertz clock, const Ceilings& ceilings) {
  Peaks peaks{};
  for (const Ceiling& ceiling : ceilings.all()) {
    Peak& peak = peaks[static_cast<std::size_t>(ceiling.precision)];
    if (ceiling.sparsity || ceiling.winograd || ceiling.per_tensor || ceiling.rate <= peak.rate) continue;
    peak = {ceiling.rate, calibration.stretch_of(ceiling.precision, ceiling.rate, clock)};
  }
  return peaks;
}

// The measured precision nearest to `to`, of two the wider; where none is measured the widest that there is.
std::size_t reference_for(std::size_t to, const Peaks& peaks, const PlatformCalibration& calibration) {
  std::size_t nearest = kPrecisions, widest = kPrecisions;
  const auto distance = [&](std::size_t p) { return p > to ? p - to : to - p; };
  for (std::size_t p = 0; p < kPrecisions; ++p) {
    if (!is_there(peaks[p])) continue;
    if (widest == kPrecisions) widest = p;
    if (calibration.rows_in(static_cast<Precision>(p)) == 0) continue;
    if (nearest == kPrecisions || distance(p) < distance(nearest)) nearest = p;
  }
  return nearest < kPrecisions ? nearest : widest;
}

double kept_stretch(const PlatformCalibration& calibration, Hertz clock, const Peaks& peaks, Precision precision,
                    OpsPerSecond rate) {
  const double learned = calibration.stretch_of(precision, rate, clock);
  const auto own = static_cast<std::size_t>(precision);
  const std::size_t at = reference_for(own, peaks, calibration);
  if (at == own || at == kPrecisions) return learned;
  // Between as far behind its peak as the reference would be at such a peak, and as fast as the reference is: neither
  // gets slower with a higher peak of either.
  const double behind = calibration.stretch_of(static_cast<Precision>(at), rate, clock);
  const double as_fast = rate / peaks[at].rate * peaks[at].stretch;
  return std::clamp(learned, std::min(behind, as_fast), std::max(behind, as_fast));
}

}  // namespace

void set_stretches(const PlatformCalibration& calibration, std::optional<Hertz> clock, Ceilings* ceilings) {
  const Hertz cycles = clock.value_or(Load::kUsualClock);
  const Peaks peaks = peaks_of(calibration, cycles, *ceilings);
  ceilings->set_stretches([&](const Ceiling& ceiling) {
    return kept_stretch(calibration, cycles, peaks, ceiling.precision, ceiling.rate);
  });
}

void keep_stretches(const Ceilings& ceilings, std::optional<Hertz> clock, PlatformCalibration* calibration) {
  const Hertz cycles = clock.value_or(Load::kUsualClock);
  const Peaks peaks = peaks_of(*calibration, cycles, ceilings);
  std::array<double, kPrecisions> by{};
  for (std::size_t p = 0; p < kPrecisions; ++p)
    if (is_there(peaks[p]))
      by[p] = kept_stretch(*calibration, cycles, peaks, static_cast<Precision>(p), peaks[p].rate) / peaks[p].stretch;
  for (std::size_t p = 0; p < kPrecisions; ++p)
    if (is_there(peaks[p])) calibration->slow(static_cast<Precision>(p), by[p]);
}

}  // namespace roofscape::cost
