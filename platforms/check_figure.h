// Checks of one figure and of one line of text, for validate_platform: in the range of its unit, sourced, in bytes.
//
//   RS_FIGURE(platform, peak_watts, kWatts, path);   // if it is there
#pragma once

#include <cstddef>
#include <string>

#include "analytics/base/status.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::platforms {

// A unit with the range outside of which a figure must be a slip, and the slip that is most likely.
struct Unit {
  const char* name;
  double least, most;
  const char* hint;
};
inline constexpr Unit kOpsPerSecond = {"operations a second", 1e4, 1e19, "give 1.2e11 for 120 GOPS"};
inline constexpr Unit kBytesPerSecond = {"bytes a second", 1e5, 1e15, "give 1.28e10 for 12.8 GB/s"};
inline constexpr Unit kBytes = {"bytes", 16, 1e16, "give 1048576 for 1 MiB"};
inline constexpr Unit kHertz = {"hertz", 1e4, 1e11, "give 2e8 for 200 MHz"};
inline constexpr Unit kSeconds = {"seconds", 1e-12, 10, "give 5e-6 for 5 us"};
inline constexpr Unit kWatts = {"watts", 1e-6, 1e6, "give 7 for 7 W"};
inline constexpr Unit kJoulesPerOp = {"joules an operation", 1e-18, 1e-6, "give 1e-12 for 1 pJ"};
inline constexpr Unit kJoulesPerByte = {"joules a byte", 1e-16, 1e-4, "give 2e-11 for 20 pJ"};
inline constexpr Unit kWeightsPerSecond = {"weights a second", 1e3, 1e18, "give 1e9 for a weight a nanosecond"};
inline constexpr Unit kValuesPerSecond = {"values a second", 1e3, 1e18, "give 1e9 for a value a nanosecond"};
inline constexpr Unit kOpsPerCycle = {"operations a cycle", 1e-3, 1e9, "give 16 for 8 multiply-accumulates a cycle"};
inline constexpr Unit kStepsPerSecond = {"steps a second", 1e3, 1e18, "give 1.8e11 for 256 a cycle at 700 MHz"};
inline constexpr Unit kStepsPerCycle = {"steps a cycle", 1e-3, 1e9, "give 64 for 64 values a cycle"};
inline constexpr Unit kCount = {"pieces", 1, 1e9, "give the number of pieces"};
inline constexpr Unit kShare = {"a share", 1e-3, 1, "give 0.7 for 70 %"};

inline constexpr std::size_t kTextBytes = 400;
inline constexpr int kMostEntries = 64;

// One line of at most kTextBytes, without control characters.
Status check_text(const std::string& text, std::string path, bool required);
// Finite, positive, plausible in its unit, with source and provenance.
Status check_figure(const v1::Figure& figure, const Unit& unit, const std::string& path);
// The same of things that are counted: also whole.
Status check_count(const v1::Figure& figure, const std::string& path);
// Fails where the source states a number of bits ("4.5 Mb", "320 Gb/s", "8 Mbit") and the value is that number.
Status check_bits(const v1::Figure& figure, const std::string& path);

// The figure, if it is there.
#define RS_FIGURE(message, field, unit, path) \
  if ((message).has_##field()) RS_TRY(check_figure((message).field(), unit, (path) + #field))

#define RS_COUNT(message, field, path) \
  if ((message).has_##field()) RS_TRY(check_count((message).field(), (path) + #field))

}  // namespace roofscape::platforms
