#include "analytics/explore/traits.h"

#include <algorithm>
#include <cmath>

namespace roofscape::explore {
namespace {

// For "leave it" and each choice, the knobs with which it uses the method; null where it does not.
std::vector<const approx::Knobs*> knobs_of(const Variable& variable, const std::string& method) {
  std::vector<const approx::Knobs*> all = {nullptr};
  for (const std::vector<Use>& uses : variable.choices) {
    const auto found = std::find_if(uses.begin(), uses.end(), [&](const Use& use) { return use.method == method; });
    all.push_back(found == uses.end() ? nullptr : &found->knobs);
  }
  return all;
}

// One coordinate for numbers, one a value for words and truth values; nothing when the knob never varies.
std::vector<search::Values> knob_traits(const std::vector<const approx::Knobs*>& choices, const std::string& knob,
                                        const approx::Knobs& identity) {
  const auto same = identity.find(knob);
  std::vector<approx::KnobValue> distinct;
  for (const approx::Knobs* knobs : choices)
    if (knobs != nullptr) distinct.push_back(knobs->find(knob)->second);
  if (same != identity.end()) distinct.push_back(same->second);
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<search::Values> traits(choices.size());
  if (distinct.size() < 2) return traits;
  const bool number = std::holds_alternative<double>(distinct[0]);
  const auto place = [&](const approx::KnobValue* value) -> search::Values {
    const std::ptrdiff_t rank =
        value ? std::lower_bound(distinct.begin(), distinct.end(), *value) - distinct.begin() : 0;
    if (number) return {value ? static_cast<double>(rank) / static_cast<double>(distinct.size() - 1) : 0.5};
    search::Values flags(distinct.size(), 0);
    if (value) flags[static_cast<std::size_t>(rank)] = 1;
    return flags;
  };
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const approx::KnobValue* fallback = same == identity.end() ? nullptr : &same->second;
    traits[i] = place(choices[i] != nullptr ? &choices[i]->find(knob)->second : fallback);
  }
  return traits;
}

void append(std::vector<search::Values>& traits, const std::vector<search::Values>& more) {
  for (std::size_t i = 0; i < traits.size(); ++i) traits[i].insert(traits[i].end(), more[i].begin(), more[i].end());
}

}  // namespace

std::vector<search::Values> traits_of(const Variable& variable) {
  std::vector<search::Values> traits(variable.choices.size() + 1);
  for (const std::string& id : variable.methods) {
    const auto method = approx::find_method(id);
    RS_CHECK(method.ok());
    const std::vector<const approx::Knobs*> choices = knobs_of(variable, id);
    for (const approx::KnobSpec& knob : (*method)->info().knobs)
      append(traits, knob_traits(choices, knob.name, (*method)->info().identity));
    if (variable.methods.size() == 1) continue;
    std::vector<search::Values> used;
    for (const approx::Knobs* knobs : choices) used.push_back({knobs != nullptr ? 1.0 : 0.0});
    append(traits, used);
  }
  return traits;
}

std::uint16_t least_choice(const Variable& variable) {
  const std::vector<search::Values> traits = traits_of(variable);
  const auto distance = [&](std::size_t choice) {
    double sum = 0;
    for (std::size_t i = 0; i < traits[0].size(); ++i) sum += std::abs(traits[choice + 1][i] - traits[0][i]);
    return sum;
  };
  std::size_t least = 0;
  for (std::size_t choice = 1; choice < variable.choices.size(); ++choice)
    if (distance(choice) < distance(least)) least = choice;
  return static_cast<std::uint16_t>(least);
}

}  // namespace roofscape::explore
