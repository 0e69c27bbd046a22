// How much groups of measurements may differ before it is known how much they do: the standard deviations squared of
// the logarithm of a factor on a part's time, a priori.
//
// One table for all classes of networks and one for single layers, of round numbers. Groups differ much in how far
// arithmetic stays behind its peak, less in how that depends on a network's size, and hardly in what a launch takes,
// which platforms state. Rows of networks weigh as if they scattered by a seventh. docs/calibration.md has what a
// tenfold of each changes.
#pragma once

#include <array>
#include <cstdint>

#include "analytics/cost/features.h"

namespace roofscape::calibrate {

// What shares coefficients.
enum class Sharing : std::uint8_t { kClass, kFamily, kRuntime, kPlatform, kFormat };
inline constexpr std::array kSharings = {Sharing::kClass, Sharing::kFamily, Sharing::kRuntime, Sharing::kPlatform,
                                         Sharing::kFormat};

// Whether rows are of whole networks or of single layers, each called again and again.
enum class RowsOf : std::uint8_t { kNetworks, kLayers };

// Of each coefficient of such features; 0: the groups do not differ in it.
double variance_of(RowsOf rows, Sharing sharing, cost::Part part, cost::Aspect aspect);
// Of what a group adds for one network that was measured (cost/relatives.h).
double variance_of_relative(Sharing sharing);
// Likewise beside a mechanism that has a design of its own for each network: foldings differ by a factor of two.
double variance_of_design(Sharing sharing);
// Of ln measured, of what is left.
inline constexpr double kNoise = 0.02;

}  // namespace roofscape::calibrate
