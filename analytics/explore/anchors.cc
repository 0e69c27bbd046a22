#include "analytics/explore/anchors.h"

#include <algorithm>
#include <map>
#include <set>

namespace roofscape::explore {
namespace {

// A method with its knobs, as all layers could use it.
struct Setting {
  std::string method;
  approx::Knobs knobs;
  std::size_t departures = 0;
  auto key() const { return std::pair(method, approx::to_string(knobs)); }
  bool operator<(const Setting& other) const { return key() < other.key(); }
};

bool uses(const std::vector<Use>& choice, const Setting& setting) {
  return std::any_of(choice.begin(), choice.end(),
                     [&](const Use& use) { return use.method == setting.method && use.knobs == setting.knobs; });
}

// The choice that uses exactly these; nothing where the variable has none.
std::optional<std::uint16_t> exactly(const Variable& variable, const std::vector<const Setting*>& settings) {
  for (std::size_t c = 0; c < variable.choices.size(); ++c) {
    const std::vector<Use>& choice = variable.choices[c];
    if (choice.size() != settings.size()) continue;
    if (std::all_of(settings.begin(), settings.end(), [&](const Setting* s) { return uses(choice, *s); }))
      return static_cast<std::uint16_t>(c + (variable.optional ? 1 : 0));
  }
  return std::nullopt;
}

// Every layer that takes both uses both, one that takes one of them uses that.
search::Point uniform(const Space& space, const std::vector<const Setting*>& settings) {
  search::Point point = space.base();
  for (std::size_t v = 0; v < point.size(); ++v) {
    const Variable& variable = space.variables()[v];
    std::optional<std::uint16_t> choice = exactly(variable, settings);
    for (std::size_t i = 0; i < settings.size() && !choice; ++i) choice = exactly(variable, {settings[i]});
    if (choice) point[v] = *choice;
  }
  return point;
}

}  // namespace

std::size_t departures(const Use& use) {
  const approx::MethodInfo& info = approx::find_method(use.method).value()->info();
  return static_cast<std::size_t>(std::ranges::count_if(use.knobs, [&](const auto& knob) {
    const approx::KnobSpec* const spec = info.find(knob.first);
    return spec != nullptr && spec->fallback != knob.second;
  }));
}

Anchors anchors(const Space& space) {
  std::vector<Setting> settings;
  std::set<Setting> known;
  for (const Variable& variable : space.variables())
    for (const std::vector<Use>& choice : variable.choices) {
      if (choice.size() != 1) continue;
      Setting setting{choice[0].method, choice[0].knobs, departures(choice[0])};
      if (known.insert(setting).second) settings.push_back(std::move(setting));
    }
  std::stable_sort(settings.begin(), settings.end(),
                   [](const Setting& a, const Setting& b) { return a.departures < b.departures; });
  Anchors found;
  std::set<search::Point> seen = {space.base()};
  const auto add = [&](const std::vector<const Setting*>& wanted, std::vector<search::Point>& to) {
    if (to.size() == (&to == &found.single ? kMostAnchors * 2 / 3 : kMostAnchors / 3)) return;
    search::Point point = uniform(space, wanted);
    if (seen.insert(point).second) to.push_back(std::move(point));
  };
  for (const Setting& setting : settings) add({&setting}, found.single);
  for (std::size_t i = 0; i < settings.size(); ++i)
    for (std::size_t j = i + 1; j < settings.size(); ++j)
      if (settings[i].method != settings[j].method) add({&settings[i], &settings[j]}, found.pairs);
  return found;
}

}  // namespace roofscape::explore
