#include "analytics/explore/space.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "analytics/base/text.h"
#include "analytics/explore/rules.h"

namespace roofscape::explore {
namespace {

// Whether the method, with these knobs, leaves the layer as it is.
bool changes_nothing(const approx::MethodInfo& info, const approx::Knobs& knobs) {
  return !info.identity.empty() && std::all_of(info.identity.begin(), info.identity.end(), [&](const auto& entry) {
    const auto found = knobs.find(entry.first);
    return found != knobs.end() && found->second == entry.second;
  });
}

// Every combination of the offered values, the last knob fastest; other knobs at their defaults.
Result<std::vector<approx::Knobs>> combinations(const Network& network, const Offer& offer) {
  std::size_t count = 1;
  for (const auto& [knob, values] : offer.values) {
    count *= values.size();
    if (count > SpaceLimits::kChoices)
      return resource_exhausted("{} on layer '{}' has more than {} combinations of knob values; offer fewer",
                                offer.method->info().id, printable(network.layer(offer.layer).name),
                                SpaceLimits::kChoices);
  }
  std::vector<approx::Knobs> all = {{}};
  for (const auto& [knob, values] : offer.values) {
    std::vector<approx::Knobs> longer;
    for (const approx::Knobs& start : all)
      for (const approx::KnobValue& value : values) {
        longer.push_back(start);
        longer.back()[knob] = value;
      }
    all = std::move(longer);
  }
  for (approx::Knobs& knobs : all) {
    RS_ASSIGN(knobs, approx::complete_knobs(offer.method->info(), knobs));
  }
  return all;
}

// Positions between 0 and 1 of the values that one knob takes, "leave it" (index 0) included: one coordinate for
// numbers, one a value for words and truth values; nothing when the knob never varies.
std::vector<search::Values> knob_traits(const Variable& variable, const std::string& knob,
                                        const approx::Knobs& identity) {
  std::vector<approx::KnobValue> values;
  for (const approx::Knobs& knobs : variable.choices) values.push_back(knobs.find(knob)->second);
  const auto same = identity.find(knob);
  std::vector<approx::KnobValue> distinct = values;
  if (same != identity.end()) distinct.push_back(same->second);
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<search::Values> traits(values.size() + 1);
  if (distinct.size() < 2) return traits;
  const auto rank = [&](const approx::KnobValue& value) {
    return static_cast<std::size_t>(std::lower_bound(distinct.begin(), distinct.end(), value) - distinct.begin());
  };
  const bool number = std::holds_alternative<double>(distinct[0]);
  const auto place = [&](const approx::KnobValue* value) -> search::Values {
    if (number) return {value ? static_cast<double>(rank(*value)) / static_cast<double>(distinct.size() - 1) : 0.5};
    search::Values flags(distinct.size(), 0);
    if (value) flags[rank(*value)] = 1;
    return flags;
  };
  traits[0] = place(same == identity.end() ? nullptr : &same->second);
  for (std::size_t i = 0; i < values.size(); ++i) traits[i + 1] = place(&values[i]);
  return traits;
}

}  // namespace

Result<Space> Space::create(const Network& network, const std::vector<Rule>& rules, bool keep_base) {
  RS_ASSIGN(const std::vector<Offer> offers,
            match_rules(network, rules, keep_base ? Repeated::kAdds : Repeated::kReplaces));
  Space space;
  std::vector<approx::Stage> stages;
  for (const Offer& offer : offers) {
    Variable variable{network.layer(offer.layer).name, offer.method->info().id, {}, keep_base};
    RS_ASSIGN(variable.choices, combinations(network, offer));
    if (keep_base)
      std::erase_if(variable.choices,
                    [&](const approx::Knobs& knobs) { return changes_nothing(offer.method->info(), knobs); });
    if (variable.choices.empty()) continue;  // nothing but "leave it" was offered
    space.variables_.push_back(std::move(variable));
    space.groups_.push_back(static_cast<std::uint32_t>(offer.layer));
    stages.push_back(offer.method->info().stage);
  }
  space.order_.resize(space.variables_.size());
  std::iota(space.order_.begin(), space.order_.end(), std::size_t{0});
  std::stable_sort(space.order_.begin(), space.order_.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(stages[a], space.groups_[a], space.variables_[a].method) <
           std::tie(stages[b], space.groups_[b], space.variables_[b].method);
  });
  return space;
}

std::vector<std::uint32_t> Space::choices() const {
  std::vector<std::uint32_t> counts;
  for (const Variable& variable : variables_)
    counts.push_back(static_cast<std::uint32_t>(variable.choices.size()) + (variable.optional ? 1 : 0));
  return counts;
}

std::vector<std::uint32_t> Space::groups() const { return groups_; }

std::vector<std::vector<search::Values>> Space::traits() const {
  std::vector<std::vector<search::Values>> all;
  for (const Variable& variable : variables_) {
    std::vector<search::Values>& traits = all.emplace_back(variable.choices.size() + 1);
    const auto method = approx::find_method(variable.method);
    RS_CHECK(method.ok());
    for (const auto& [knob, value] : variable.choices[0]) {
      const std::vector<search::Values> more = knob_traits(variable, knob, (*method)->info().identity);
      for (std::size_t i = 0; i < traits.size(); ++i) traits[i].insert(traits[i].end(), more[i].begin(), more[i].end());
    }
    if (!variable.optional) traits.erase(traits.begin());
  }
  return all;
}

search::Point Space::base() const { return search::Point(variables_.size(), 0); }

approx::Recipe Space::recipe(const search::Point& point) const {
  RS_CHECK(point.size() == variables_.size());
  approx::Recipe recipe;
  for (std::size_t v : order_) {
    const Variable& variable = variables_[v];
    const std::size_t choice = point[v];
    if (variable.optional && choice == 0) continue;
    recipe.push_back({variable.layer, variable.method, variable.choices.at(choice - (variable.optional ? 1 : 0))});
  }
  return recipe;
}

Result<approx::Recipe> recipe_of(const Network& network, const std::vector<Rule>& rules) {
  for (std::size_t i = 0; i < rules.size(); ++i)
    for (const MethodChoices& choices : rules[i].methods)
      for (const auto& [knob, values] : choices.knobs)
        if (values.size() > 1)
          return invalid_argument("{} has {} values; a configuration has one value a knob", printable(knob),
                                  values.size())
              .at(fmt::format("[{}].{}.{}[1]", i, printable(choices.method), printable(knob)));
  RS_ASSIGN(const Space space, Space::create(network, rules, /*keep_base=*/false));
  return space.recipe(space.base());
}

}  // namespace roofscape::explore
