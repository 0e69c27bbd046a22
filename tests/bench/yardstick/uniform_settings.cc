#include "tests/bench/yardstick/uniform_settings.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace roofscape::bench {
namespace {

std::string text_of(const explore::Use& use) { return use.method + approx::to_string(use.knobs); }

std::string text_of(const std::vector<explore::Use>& uses) {
  std::string text;
  for (const explore::Use& use : uses) text += text_of(use) + " ";
  return text;
}

// The uses with all numbers the same, or all that are no numbers.
enum class Keep { kNumbers, kWords };
std::string reduced(const Setting& setting, Keep keep) {
  std::string text;
  for (const explore::Use& use : setting.uses) {
    approx::Knobs knobs;
    for (const auto& [name, value] : use.knobs)
      if (std::holds_alternative<double>(value) == (keep == Keep::kNumbers)) knobs[name] = value;
    text += use.method + approx::to_string(knobs) + " ";
  }
  return text;
}

}  // namespace

search::Point Setting::on(search::Point point) const {
  for (const auto& [variable, choice] : choices) point[variable] = choice;
  return point;
}

std::vector<Setting> uniform_settings(const explore::Space& space) {
  std::vector<Setting> settings;
  std::vector<std::string> kinds;
  for (const explore::Variable& variable : space.variables()) {
    const std::string kind = fmt::format("{}", fmt::join(variable.methods, "+"));
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
  }
  for (const std::string& kind : kinds) {
    const std::size_t first = settings.size();
    for (std::size_t v = 0; v < space.variables().size(); ++v) {
      const explore::Variable& variable = space.variables()[v];
      if (kind != fmt::format("{}", fmt::join(variable.methods, "+"))) continue;
      for (std::size_t c = 0; c < variable.choices.size(); ++c) {
        const auto same =
            std::find_if(settings.begin() + static_cast<std::ptrdiff_t>(first), settings.end(),
                         [&](const Setting& setting) { return text_of(setting.uses) == text_of(variable.choices[c]); });
        Setting& setting =
            same == settings.end() ? settings.emplace_back(Setting{kind, variable.choices[c], {}}) : *same;
        setting.choices.emplace_back(v, static_cast<std::uint16_t>(c + (variable.optional ? 1 : 0)));
      }
    }
  }
  return settings;
}

bool same_ladder(const Setting& a, const Setting& b) {
  return a.kind == b.kind && reduced(a, Keep::kWords) == reduced(b, Keep::kWords);
}

bool variants(const Setting& a, const Setting& b) {
  return a.kind == b.kind && reduced(a, Keep::kNumbers) == reduced(b, Keep::kNumbers) &&
         reduced(a, Keep::kWords) != reduced(b, Keep::kWords);
}

bool contains(const Setting& whole, const Setting& part) {
  return whole.uses.size() > part.uses.size() &&
         std::all_of(part.uses.begin(), part.uses.end(), [&](const explore::Use& use) {
           return std::any_of(whole.uses.begin(), whole.uses.end(),
                              [&](const explore::Use& other) { return text_of(other) == text_of(use); });
         });
}

}  // namespace roofscape::bench
