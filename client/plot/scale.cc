#include "client/plot/scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "client/console/quantity.h"

namespace roofscape::client::plot {
namespace {

// 1, 2 or 5 times a power of ten, not below `step`.
double round_step(double step) {
  const double power = std::pow(10.0, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= step * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

std::string short_number(double value) {
  std::string text = fmt::format("{:.6g}", value);
  return text.find('e') == std::string::npos ? text : roofscape::client::number(value);
}

// The prefix that suits most of the range, as factor and name.
struct Prefix {
  double factor = 1;
  std::string name;
};

Prefix prefix_for(double value, std::string_view unit) {
  if (unit == "B") {
    static constexpr std::array<std::string_view, 5> kBinary = {"", "Ki", "Mi", "Gi", "Ti"};
    std::size_t step = 0;
    double factor = 1;
    while (step + 1 < kBinary.size() && value >= factor * 1024) {
      factor *= 1024;
      ++step;
    }
    return {factor, std::string(kBinary[step])};
  }
  static constexpr std::array<std::string_view, 11> kDecimal = {"f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P"};
  const int step = std::clamp(static_cast<int>(std::floor(std::log10(value) / 3 + 1e-9)), -5, 5);
  return {std::pow(1000.0, step), std::string(kDecimal[static_cast<std::size_t>(step + 5)])};
}

// Ratios, logarithms and rates of things that one counts are written plainly.
bool takes_prefix(std::string_view unit) {
  return unit != "op/B" && unit != "nats" && unit != "dB" && unit != "images/s";
}

}  // namespace

Scale Scale::linear(double low, double high, double from, double to) {
  if (!(high > low)) {
    const double margin = low == 0 ? 1 : std::fabs(low) * 0.1;
    return Scale(low - margin, low + margin, from, to, false);
  }
  return Scale(low, high, from, to, false);
}

Scale Scale::logarithmic(double low, double high, double from, double to) {
  if (!(low > 0)) low = high > 0 ? high / 10 : 0.1;
  if (!(high > low * (1 + 1e-9))) return Scale(low / 2, low * 2, from, to, true);
  return Scale(low, high, from, to, true);
}

double Scale::at(double value) const {
  const double share = logarithmic_ ? std::log(std::max(value, 1e-300) / low_) / std::log(high_ / low_)
                                    : (value - low_) / (high_ - low_);
  return from_ + share * (to_ - from_);
}

std::vector<double> Scale::linear_ticks(int wanted) const {
  const double step = round_step((high_ - low_) / std::max(wanted, 1));
  std::vector<double> ticks;
  for (double i = std::ceil(low_ / step - 1e-9); i * step <= high_ + step * 1e-9; ++i) ticks.push_back(i * step);
  return ticks;
}

std::vector<double> Scale::ticks(int wanted) const {
  if (!logarithmic_) return linear_ticks(wanted);
  const int first = static_cast<int>(std::floor(std::log10(low_))),
            last = static_cast<int>(std::ceil(std::log10(high_)));
  const auto between = [&](std::initializer_list<double> factors, int every) {
    std::vector<double> ticks;
    for (int power = first; power <= last; ++power) {
      if (((power % every) + every) % every != 0) continue;
      for (const double factor : factors) {
        const double tick = factor * std::pow(10.0, power);
        if (tick >= low_ * (1 - 1e-9) && tick <= high_ * (1 + 1e-9)) ticks.push_back(tick);
      }
    }
    return ticks;
  };
  const double decades = std::log10(high_ / low_);
  if (decades > wanted) return between({1}, static_cast<int>(std::ceil(decades / wanted)));
  if (decades * 3 > wanted) {
    if (auto ticks = between({1}, 1); ticks.size() >= 2) return ticks;
  }
  if (auto ticks = between({1, 2, 5}, 1); ticks.size() >= 3) return ticks;
  return linear_ticks(wanted);
}

TickLabels tick_labels(const Scale& scale, const std::vector<double>& ticks, std::string_view unit) {
  TickLabels labels;
  if (unit == "%") {
    labels.unit = "%";
    for (const double tick : ticks) labels.texts.push_back(short_number(tick * 100));
    return labels;
  }
  if (!takes_prefix(unit)) {
    labels.unit = std::string(unit);
    for (const double tick : ticks) labels.texts.push_back(short_number(tick));
    return labels;
  }
  const bool wide = scale.is_logarithmic() && scale.high() / scale.low() > 2e4;
  if (unit.empty() || wide) {
    // No one prefix suits four decades: every tick has its own.
    labels.unit = std::string(unit);
    for (const double tick : ticks) {
      const Prefix prefix = unit.empty() && tick < 1000 ? Prefix() : prefix_for(tick, unit);
      labels.texts.push_back(short_number(tick / prefix.factor) + (prefix.name.empty() ? "" : " " + prefix.name));
    }
    return labels;
  }
  const double middle = scale.is_logarithmic() ? std::sqrt(scale.low() * scale.high()) : scale.high();
  const Prefix prefix = prefix_for(std::max(middle, 1e-300), unit);
  labels.unit = prefix.name + std::string(unit);
  for (const double tick : ticks) labels.texts.push_back(short_number(tick / prefix.factor));
  return labels;
}

}  // namespace roofscape::client::plot
