#include "analytics/network/function_table.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>

namespace roofscape {

float FunctionTable::operator()(float x) const {
  if (x != x) return x;
  const float at = symmetry == Symmetry::kNone ? x : std::abs(x);
  const auto piece =
      static_cast<std::size_t>(std::upper_bound(breakpoints.begin(), breakpoints.end(), at) - breakpoints.begin());
  // A level piece stays level at infinity.
  const float value = slopes[piece] == 0 ? intercepts[piece] : slopes[piece] * at + intercepts[piece];
  if (!std::signbit(x)) return value;
  switch (symmetry) {
    case Symmetry::kNone: return value;
    case Symmetry::kOdd: return -value;
    case Symmetry::kComplement: return 1 - value;
    case Symmetry::kRamp: return slopes[piece] == 1 ? intercepts[piece] : value + x;  // ∞ − ∞ is not 0
  }
  return value;
}

bool FunctionTable::is_steps() const {
  return std::all_of(slopes.begin(), slopes.end(), [](float slope) { return slope == 0 || slope == 1; });
}

bool FunctionTable::multiplies() const {
  return std::any_of(slopes.begin(), slopes.end(), [](float slope) {
    int exponent = 0;
    return slope != 0 && std::abs(std::frexp(slope, &exponent)) != 0.5F;
  });
}

std::int64_t FunctionTable::bits() const {
  return static_cast<std::int64_t>(intercepts.size()) * entry_bits * (is_steps() ? 1 : 2);
}

Status FunctionTable::validate() const {
  constexpr std::size_t kMostPieces = 65536;
  if (slopes.size() != breakpoints.size() + 1 || intercepts.size() != slopes.size())
    return invalid_argument("a function table has {} slopes and {} intercepts for {} breakpoints; it needs {} of each",
                            slopes.size(), intercepts.size(), breakpoints.size(), breakpoints.size() + 1);
  if (slopes.size() > kMostPieces)
    return invalid_argument("a function table has {} pieces; at most {} are allowed", slopes.size(), kMostPieces);
  if (entry_bits < 2 || entry_bits > 32)
    return invalid_argument("entry_bits of a function table is {}; use 2 to 32", entry_bits);
  const auto finite = [](float value) { return std::isfinite(value); };
  for (const auto* values : {&breakpoints, &slopes, &intercepts})
    if (!std::all_of(values->begin(), values->end(), finite))
      return invalid_argument("a function table has a number that is not finite");
  if (std::adjacent_find(breakpoints.begin(), breakpoints.end(), std::greater_equal<>()) != breakpoints.end())
    return invalid_argument("the breakpoints of a function table must ascend");
  if (symmetry != Symmetry::kNone && !breakpoints.empty() && !(breakpoints[0] > 0))
    return invalid_argument("a symmetric function table keeps x >= 0 only, but has a breakpoint at {}", breakpoints[0]);
  return {};
}

void FunctionTable::hash_into(Hasher& hasher) const {
  hasher.add("function").add(function).add(symmetry).add(uniform).add(entry_bits);
  hasher.add_range(std::span<const float>(breakpoints));
  hasher.add_range(std::span<const float>(slopes)).add_range(std::span<const float>(intercepts));
}

}  // namespace roofscape
