// The logarithm of damage, which is what is modelled.
#pragma once

#include <algorithm>
#include <cmath>

namespace roofscape::search {

// Damage is taken to be at least this, in nats: below it nothing is told apart.
inline constexpr double kLeastDamage = 1e-6;
// That of a choice which changes something, where nothing like it was measured.
inline constexpr double kUnknownDamage = 0.02;
inline double log_damage(double damage) { return std::log(std::max(damage, kLeastDamage)); }

}  // namespace roofscape::search
