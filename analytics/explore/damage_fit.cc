#include "analytics/explore/damage_fit.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <variant>

namespace roofscape::explore {
namespace {

constexpr int kRounds = 30;
// Few measurements say enough of a method, more are needed to say that one of its settings is special.
constexpr double kVariable = 0.3, kMethod = 0.1, kValue = 0.5, kSetting = 2;

}  // namespace

std::vector<DamageFit::Part> DamageFit::parts_of(std::size_t variable, const Use& use) {
  std::vector<Part> parts = {{fmt::format("at {}", variable), kVariable},
                             {use.method, kMethod},
                             {fmt::format("{} {}", use.method, approx::to_string(use.knobs)), kSetting}};
  for (const auto& [knob, value] : use.knobs) {
    const std::string name = fmt::format("{} {}", use.method, knob);
    Part& part = parts.emplace_back(Part{fmt::format("{}: {}", name, approx::to_string(value)), kValue});
    if (const double* const number = std::get_if<double>(&value)) {
      part.knob = name;
      part.number = *number;
    }
  }
  return parts;
}

void DamageFit::add(std::size_t variable, const Use& use, double logarithm) {
  for (const Part& part : parts_of(variable, use)) {
    Effect& effect = effects_[part.name];
    effect.shrink = part.shrink;
    effect.rows.push_back(logarithms_.size());
    if (!part.knob.empty()) numbers_[part.knob].emplace(part.number, part.name);
  }
  logarithms_.push_back(logarithm);
}

void DamageFit::solve() {
  if (logarithms_.empty()) return;
  std::vector<double> left = logarithms_;  // what no part explains
  mean_ = std::accumulate(left.begin(), left.end(), 0.0) / static_cast<double>(left.size());
  for (double& value : left) value -= mean_;
  for (auto& [name, effect] : effects_) effect.value = 0;
  for (int round = 0; round < kRounds; ++round)
    for (auto& [name, effect] : effects_) {
      double sum = 0;
      for (const std::size_t row : effect.rows) sum += left[row] + effect.value;
      const double value = sum / (static_cast<double>(effect.rows.size()) + effect.shrink);
      for (const std::size_t row : effect.rows) left[row] -= value - effect.value;
      effect.value = value;
    }
}

double DamageFit::of(std::size_t variable, const Use& use) const {
  double sum = mean_;
  for (const Part& part : parts_of(variable, use)) sum += effect(part);
  return sum;
}

double DamageFit::effect(const Part& part) const {
  if (const auto found = effects_.find(part.name); found != effects_.end()) return found->second.value;
  const auto numbers = numbers_.find(part.knob);
  if (numbers == numbers_.end()) return 0;
  double nearest = HUGE_VAL, effect = 0;
  for (const auto& [number, name] : numbers->second) {
    if (std::abs(number - part.number) >= nearest) continue;
    nearest = std::abs(number - part.number);
    effect = effects_.at(name).value;
  }
  return effect;
}

}  // namespace roofscape::explore
