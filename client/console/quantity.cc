#include "client/console/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace roofscape::client {
namespace {

// Three significant digits for a number of 1 to 999.
std::string three_digits(double value) {
  const double size = std::fabs(value);
  return size < 9.995   ? fmt::format("{:.2f}", value)
         : size < 99.95 ? fmt::format("{:.1f}", value)
                        : fmt::format("{:.0f}", value);
}

constexpr std::array<std::string_view, 12> kPrefixes = {"a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P"};
constexpr int kNone = 6;

// How many powers of 1000 leave one to three digits before the point; 0 of 0.
int si_step(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  int step = static_cast<int>(std::floor(std::log10(std::fabs(value)) / 3));
  // 999.7 would round to "1000": take the next prefix.
  if (std::fabs(value) / std::pow(1000.0, step) >= 999.5) ++step;
  return std::clamp(step, -kNone, static_cast<int>(kPrefixes.size()) - 1 - kNone);
}
std::string_view si_prefix(int step) { return kPrefixes[static_cast<std::size_t>(step + kNone)]; }

// " (0.980–1.81)"
std::string ends_in_unit(int step, double low, double high) {
  const double unit = std::pow(1000.0, step);
  return fmt::format(" ({}–{})", number(low / unit), number(high / unit));
}

std::string with_separators(std::string digits) {
  const std::size_t first = digits.starts_with('-') ? 1 : 0;
  for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
  return digits;
}

}  // namespace

std::string si(double value, std::string_view unit) {
  if (!std::isfinite(value)) return std::string(kDash);
  if (value == 0) return fmt::format("0 {}", unit);
  const int step = si_step(value);
  return fmt::format("{} {}{}", three_digits(value / std::pow(1000.0, step)), si_prefix(step), unit);
}

std::string seconds(double value) { return std::fabs(value) >= 1 ? number(value) + " s" : si(value, "s"); }
std::string joules(double value) { return si(value, "J"); }

std::string seconds_within(double value, double low, double high) {
  return seconds(value) + ends_in_unit(std::min(si_step(value), 0), low, high);
}
std::string joules_within(double value, double low, double high) {
  return joules(value) + ends_in_unit(si_step(value), low, high);
}

std::string bytes(double value) {
  static constexpr std::array<std::string_view, 6> kPrefixes = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t step = 0;
  while (std::fabs(value) >= 999.5 && step + 1 < kPrefixes.size() && (step > 0 || std::fabs(value) >= 1024)) {
    value /= 1024;
    ++step;
  }
  return step == 0 ? fmt::format("{:.0f} B", value) : fmt::format("{} {}", three_digits(value), kPrefixes[step]);
}

std::string count(std::int64_t value) { return with_separators(fmt::format("{}", value)); }

std::string percent(double share) { return fmt::format("{:.2f} %", share * 100); }

std::string number(double value) {
  if (!std::isfinite(value)) return std::string(kDash);
  const double size = std::fabs(value);
  if (size >= 999.5 && size < 1e15) return with_separators(fmt::format("{:.0f}", value));
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return fmt::format("{:.2e}", value);
  if (size >= 1 || size == 0) return size == 0 ? "0" : three_digits(value);
  return fmt::format("{:.{}f}", value, 2 - static_cast<int>(std::floor(std::log10(size))));
}

std::string clock(double seconds) {
  if (!(seconds >= 0) || seconds > 1e8) return std::string(kDash);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  const std::int64_t hours = whole / 3600, minutes = whole / 60 % 60, rest = whole % 60;
  return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, rest) : fmt::format("{}:{:02}", minutes, rest);
}

std::string or_dash(const std::optional<std::string>& text) { return text ? *text : std::string(kDash); }

}  // namespace roofscape::client
