// Quantities with units, so that seconds + joules is a compile error.
//
//   Seconds t = Ops(2e9) / OpsPerSecond(1e12);      // 2 ms
//   double milliseconds = t / Seconds(1e-3);        // a number leaves only when divided by its unit
//
// Stored as double in SI base units (seconds, joules, bytes, operations); no other scale exists inside the code.
#pragma once

#include <compare>

namespace roofscape {

// A double with the exponents of seconds, joules, bytes and operations.
template <int S, int J, int B, int O>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(double value) : value_(value) {}
  // The number in SI base units: only for the edges (protobuf, printing).
  constexpr double value() const { return value_; }

  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity operator+(Quantity other) const { return Quantity(value_ + other.value_); }
  constexpr Quantity operator-(Quantity other) const { return Quantity(value_ - other.value_); }
  constexpr Quantity& operator+=(Quantity other) { return *this = *this + other; }
  constexpr Quantity operator*(double factor) const { return Quantity(value_ * factor); }
  constexpr Quantity operator/(double factor) const { return Quantity(value_ / factor); }
  constexpr friend Quantity operator*(double factor, Quantity q) { return q * factor; }
  constexpr double operator/(Quantity other) const { return value_ / other.value_; }

 private:
  double value_ = 0;
};

template <int S, int J, int B, int O, int S2, int J2, int B2, int O2>
constexpr auto operator*(Quantity<S, J, B, O> a, Quantity<S2, J2, B2, O2> b) {
  return Quantity<S + S2, J + J2, B + B2, O + O2>(a.value() * b.value());
}
template <int S, int J, int B, int O, int S2, int J2, int B2, int O2>
constexpr auto operator/(Quantity<S, J, B, O> a, Quantity<S2, J2, B2, O2> b) {
  return Quantity<S - S2, J - J2, B - B2, O - O2>(a.value() / b.value());
}

using Seconds = Quantity<1, 0, 0, 0>;
using Joules = Quantity<0, 1, 0, 0>;
using Bytes = Quantity<0, 0, 1, 0>;
using Ops = Quantity<0, 0, 0, 1>;  // one multiply-accumulate is two operations
using Watts = Quantity<-1, 1, 0, 0>;
using Hertz = Quantity<-1, 0, 0, 0>;
using BytesPerSecond = Quantity<-1, 0, 1, 0>;
using OpsPerSecond = Quantity<-1, 0, 0, 1>;
using OpsPerByte = Quantity<0, 0, -1, 1>;
using JoulesPerByte = Quantity<0, 1, -1, 0>;
using JoulesPerOp = Quantity<0, 1, 0, -1>;

}  // namespace roofscape
