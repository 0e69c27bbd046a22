#include "analytics/calibrate/variances.h"

namespace roofscape::calibrate {
namespace {

using cost::Aspect;
using cost::Part;

constexpr std::size_t index(auto value) { return static_cast<std::size_t>(value); }

using OfSharing = std::array<double, kSharings.size()>;  // class, family, runtime, platform, format

constexpr OfSharing kNone = {};
constexpr std::array<OfSharing, cost::kAspects> kArithmetic = {{
    {0.3, 0.03, 0.1, 0.03, 0.005},  // level
    {0.05, 0.02, 0.05, 0.005, 0},   // size
    {0.1, 0, 0.1, 0, 0},            // task
    {0.3, 0, 0.01, 0.005, 0},       // kind
    {0.01, 0, 0, 0, 0},             // precision
    {0.03, 0, 0, 0, 0},             // overflow
    kNone,                          // reduction
    {0.05, 0, 0, 0, 0},             // width
}};
// Of single layers every format of a platform is an engine's path of its own.
constexpr OfSharing kLevelOfLayers = {0.3, 0.03, 0.1, 0.03, 1}, kSizeOfLayers = {0.05, 0.02, 0.05, 0.005, 0.5},
                    kReductionOfLayers = {0.5, 0, 0.5, 0, 0.5};

// Of a part its level, and everything else.
struct OfPart {
  OfSharing level, others;
};
constexpr OfPart kFetch = {{0.03, 0, 0.02, 0, 0}, kNone};
constexpr OfPart kTraffic = {{0.02, 0, 0.01, 0.02, 0}, {0.01, 0, 0.01, 0, 0}};
constexpr OfPart kLaunch = {{0.005, 0.005, 0.005, 0.005, 0}, {0.005, 0, 0.005, 0, 0}};
// Of single layers in one format of one platform: the small ones are little else than their start and their traffic.
constexpr double kLevelOfPath = 0.1;
constexpr OfSharing kRelative = {0.4, 0.2, 0.3, 0.01, 0}, kDesign = {0, 0, 0, 0.6, 0};

const OfSharing& of_arithmetic(RowsOf rows, Aspect aspect) {
  if (rows == RowsOf::kLayers) {
    if (aspect == Aspect::kLevel) return kLevelOfLayers;
    if (aspect == Aspect::kSize) return kSizeOfLayers;
    if (aspect == Aspect::kReduction) return kReductionOfLayers;
  }
  return kArithmetic[index(aspect)];
}

}  // namespace

double variance_of(RowsOf rows, Sharing sharing, Part part, Aspect aspect) {
  const auto of = [&](const OfPart& which) {
    return (aspect == Aspect::kLevel ? which.level : which.others)[index(sharing)];
  };
  if (rows == RowsOf::kLayers && sharing == Sharing::kFormat && part != Part::kArithmetic)
    return aspect == Aspect::kLevel ? kLevelOfPath : 0;
  switch (part) {
    case Part::kArithmetic: return of_arithmetic(rows, aspect)[index(sharing)];
    case Part::kFetch: return of(kFetch);
    case Part::kTraffic: return of(kTraffic);
    case Part::kLaunch: return of(kLaunch);
  }
  return 0;
}

double variance_of_relative(Sharing sharing) { return kRelative[index(sharing)]; }

double variance_of_design(Sharing sharing) { return kDesign[index(sharing)]; }

}  // namespace roofscape::calibrate
