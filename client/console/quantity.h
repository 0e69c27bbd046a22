// Numbers as people read them: three significant digits, a unit with the right prefix, separators in counts.
//
//   seconds(0.00234) == "2.34 ms"    bytes(62720) == "61.2 KiB"    count(416520) == "416,520"
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roofscape::client {

// `value` with the SI prefix (f to P) that leaves one to three digits before the point: si(2.3e-6, "J") == "2.30 µJ".
std::string si(double value, std::string_view unit);
std::string seconds(double value);
std::string joules(double value);
// A value with the ends of its interval in the same unit: seconds_within(1.32e-3, 9.8e-4, 1.81e-3) is
// "1.32 ms (0.980–1.81)".
std::string seconds_within(double value, double low, double high);
std::string joules_within(double value, double low, double high);
// Binary prefixes: "61.2 KiB"; whole bytes below 1024.
std::string bytes(double value);
// "416,520".
std::string count(std::int64_t value);
// 0.9123 → "91.23 %".
std::string percent(double share);
// Three significant digits without exponent where that stays short: "0.0123", "1,230" …
std::string number(double value);
// "1:05", "2:03:10": time left or taken.
std::string clock(double seconds);
// "–" where there is no value.
std::string or_dash(const std::optional<std::string>& text);
inline constexpr std::string_view kDash = "–";

}  // namespace roofscape::client
