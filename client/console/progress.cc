#include "client/console/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "client/console/quantity.h"
#include "client/console/table.h"

namespace roofscape::client {
namespace {
constexpr double kRedrawSeconds = 0.1;
constexpr int kBarWidth = 24;
}  // namespace

Progress::Progress(const Console& console, std::string what, Unit unit)
    : console_(console), what_(std::move(what)), unit_(unit), started_(console.clock_seconds()) {}

Progress::~Progress() { finish(); }

std::string Progress::amount(std::int64_t value) const {
  return unit_ == Unit::kBytes ? bytes(static_cast<double>(value)) : count(value);
}

std::string Progress::bar(double share) const {
  const int halves = static_cast<int>(std::clamp(share, 0.0, 1.0) * kBarWidth * 2);
  std::string out;
  for (int i = 0; i < kBarWidth; ++i) {
    const bool full = 2 * i + 2 <= halves, half = !full && 2 * i + 1 == halves;
    out += console_.unicode ? (full ? "━" : half ? "╸" : "┄") : (full ? "#" : half ? "-" : ".");
  }
  return out;
}

std::string Progress::text(std::int64_t done, std::int64_t total, const std::string& more,
                           std::optional<double> rate) const {
  const double passed = console_.clock_seconds() - started_;
  if (!rate && passed > 0.2 && done > first_)
    rate = static_cast<double>(done - std::max<std::int64_t>(first_, 0)) / passed;
  std::string out = total > 0 ? amount(done) + "/" + amount(total) : amount(done);
  if (rate && *rate > 0) {
    out += "  " + (unit_ == Unit::kBytes ? bytes(*rate) : number(*rate)) + "/s";
    if (total > done) out += "  " + clock(static_cast<double>(total - done) / *rate) + " left";
  }
  return more.empty() ? out : out + "  " + more;
}

void Progress::update(std::int64_t done, std::int64_t total, const std::string& more, std::optional<double> rate) {
  if (first_ < 0) first_ = done;
  const std::string rest = text(done, total, more, rate);
  const double share = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0;
  const bool ends = total > 0 && done >= total;
  if (!console_.err_is_terminal) {
    // Every tenth of the way, and nothing about work that is done at once.
    const auto tenth = static_cast<std::int64_t>(share * 10);
    if (unit_ == Unit::kCount && tenth > plain_tenths_ && console_.clock_seconds() - started_ > 2) {
      plain_tenths_ = tenth;
      console_.err << what_ << ' ' << rest << '\n' << std::flush;
    }
    return;
  }
  const double now = console_.clock_seconds();
  if (now - drawn_ < kRedrawSeconds && !ends && visible_) return;
  drawn_ = now;
  line_ = what_ + " " + bar(share) + " " + rest;
  // A line that wraps could not be drawn over: leave the bar out, then the end.
  const auto fits = [&] {
    return console_.err_width <= 0 || display_width(line_) < static_cast<std::size_t>(console_.err_width);
  };
  if (!fits()) line_ = what_ + " " + rest;
  while (!fits() && line_.rfind("  ") != std::string::npos) line_.erase(line_.rfind("  "));
  console_.err << "\r\x1b[K" << line_ << std::flush;
  visible_ = true;
}

void Progress::wipe() {
  if (visible_) console_.err << "\r\x1b[K" << std::flush;
  visible_ = false;
}

void Progress::finish() {
  if (visible_) console_.err << '\n' << std::flush;
  visible_ = false;
}

}  // namespace roofscape::client
