#include "analytics/explore/anchors.h"

#include <algorithm>
#include <cmath>
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

// Of each method its gentlest setting: that of the least damage over all layers that take it; nothing of methods of
// whose settings no damage is known.
class Gentlest {
 public:
  Gentlest(const Space& space, std::span<const search::Values> damage, const std::vector<Setting>& settings) {
    if (damage.empty()) return;
    std::map<std::string, double> least;
    for (const Setting& setting : settings) {
      double sum = 0;
      for (std::size_t v = 0; v < damage.size(); ++v)
        if (const auto choice = exactly(space.variables()[v], {&setting})) sum += damage[v][*choice];
      if (!std::isfinite(sum)) continue;
      const auto [known, is_new] = least.try_emplace(setting.method, sum);
      if (!is_new && sum >= known->second) continue;
      known->second = sum;
      of_method_[setting.method] = &setting;
    }
  }
  const Setting* of(const std::string& method) const {
    const auto found = of_method_.find(method);
    return found == of_method_.end() ? nullptr : found->second;
  }

 private:
  std::map<std::string, const Setting*> of_method_;
};

// `setting` in all layers with weights that take it but the first and the last; in those and in layers without weights
// `gentle`. Nothing where it would be left in none.
std::optional<search::Point> with_gentle_ends(const Space& space, const Setting& setting, const Setting& gentle) {
  search::Point point = uniform(space, {&setting});
  std::vector<std::size_t> weighted;
  const auto soften = [&](std::size_t v) {
    if (const auto choice = exactly(space.variables()[v], {&gentle})) point[v] = *choice;
  };
  for (std::size_t v = 0; v < point.size(); ++v) {
    if (!exactly(space.variables()[v], {&setting})) continue;
    if (space.variables()[v].has_weights)
      weighted.push_back(v);
    else
      soften(v);
  }
  if (weighted.size() < 3) return std::nullopt;
  soften(weighted.front());
  soften(weighted.back());
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

Anchors anchors(const Space& space, std::span<const search::Values> damage) {
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
  const auto add = [&](search::Point point, std::vector<search::Point>& to) {
    const std::size_t most = &to == &found.single ? kMostAnchors / 2 : kMostAnchors / 4;
    if (to.size() < most && seen.insert(point).second) to.push_back(std::move(point));
  };
  for (const Setting& setting : settings) add(uniform(space, {&setting}), found.single);
  const Gentlest gentlest(space, damage, settings);
  for (const Setting& setting : settings)
    if (const Setting* const gentle = gentlest.of(setting.method))
      if (auto point = with_gentle_ends(space, setting, *gentle)) add(*std::move(point), found.gentle_ends);
  for (std::size_t i = 0; i < settings.size(); ++i)
    for (std::size_t j = i + 1; j < settings.size(); ++j)
      if (settings[i].method != settings[j].method) add(uniform(space, {&settings[i], &settings[j]}), found.pairs);
  return found;
}

}  // namespace roofscape::explore
