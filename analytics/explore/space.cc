#include "analytics/explore/space.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "analytics/base/text.h"
#include "analytics/explore/choices.h"
#include "analytics/explore/rules.h"
#include "analytics/explore/traits.h"

namespace roofscape::explore {
namespace {

// Offers for the same layers: what shares a variable is looked for among them.
std::vector<std::vector<Offer>> by_layers(const std::vector<Offer>& offers) {
  std::map<std::vector<LayerId>, std::vector<Offer>> groups;
  for (const Offer& offer : offers) groups[offer.layers].push_back(offer);
  std::vector<std::vector<Offer>> list;
  for (auto& [layers, group] : groups) list.push_back(std::move(group));
  return list;
}

std::string layer_names(const Network& network, const std::vector<LayerId>& layers) {
  const std::string first = fmt::format("'{}'", printable(network.layer(layers[0]).name));
  return layers.size() == 1 ? "layer " + first : fmt::format("layers {} and {} more", first, layers.size() - 1);
}

bool is_required(const std::vector<Offer>& offers) {
  return std::any_of(offers.begin(), offers.end(), [](const Offer& offer) { return !offer.required_by.empty(); });
}

// Drops the uses that some rule does not allow; an error where none is left.
Status keep_required(const Network& network, const std::vector<Offer>& offers, std::vector<std::vector<Use>>& uses) {
  if (!is_required(offers)) return {};
  const bool any = !uses.empty();
  drop_uses_without_required(offers, uses);
  if (!uses.empty()) return {};
  std::vector<std::string> methods;
  std::set<std::size_t> rules;
  for (const Offer& offer : offers) {
    methods.push_back(offer.method->info().id);
    rules.insert(offer.required_by.begin(), offer.required_by.end());
  }
  const std::string where = layer_names(network, offers[0].layers);
  if (!any)
    return invalid_argument("{}: {} is required, and no value that is offered changes anything there", where,
                            fmt::join(methods, ", "))
        .at(fmt::format("[{}]", *rules.rbegin()));
  return invalid_argument("{}: rules [{}] each require a method, and no choice of {} uses one of each", where,
                          fmt::join(rules, "], ["), fmt::join(methods, ", "))
      .at(fmt::format("[{}]", *rules.rbegin()));
}

// A configuration uses every method that it names.
Status check_agreement(const Network& network, const std::vector<Offer>& offers,
                       const std::vector<std::vector<approx::Knobs>>& knobs) {
  for (std::size_t i = 0; i < offers.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (const auto reason = approx::conflict(*offers[j].method, knobs[j][0], *offers[i].method, knobs[i][0]))
        return invalid_argument("{}: {}", layer_names(network, offers[i].layers), *reason).at("");
  return {};
}

}  // namespace

Result<Space> Space::create(const Network& network, const std::vector<Rule>& rules, bool keep_base) {
  RS_ASSIGN(const std::vector<Offer> offers,
            match_rules(network, rules, keep_base ? Repeated::kAdds : Repeated::kReplaces));
  Space space;
  for (const std::vector<Offer>& group : by_layers(offers)) {
    std::vector<std::vector<approx::Knobs>> knobs;
    for (const Offer& offer : group) {
      auto combined = combinations(network, offer, keep_base);
      if (!combined.ok()) return combined.status().in(layer_names(network, offer.layers));
      knobs.push_back(std::move(*combined));
    }
    if (!keep_base) RS_TRY(check_agreement(network, group, knobs));
    for (const std::vector<std::size_t>& members : exclusive_groups(group, knobs, keep_base)) {
      std::vector<Offer> together;
      std::vector<std::vector<approx::Knobs>> choices;
      for (const std::size_t member : members) {
        together.push_back(group[member]);
        choices.push_back(knobs[member]);
      }
      auto uses = agreeing_uses(together, choices);
      if (keep_base) RS_TRY(keep_required(network, together, uses));
      if (uses.empty()) continue;  // nothing but "leave it" was offered
      const bool optional = keep_base && !is_required(together);
      space.add(network, std::move(together), std::move(uses), optional);
    }
  }
  return space;
}

void Space::add(const Network& network, std::vector<Offer> offers, std::vector<std::vector<Use>> choices,
                bool optional) {
  Variable variable;
  variable.choices = std::move(choices);
  variable.optional = optional;
  const std::vector<LayerId>& layers = offers[0].layers;
  variable.has_weights = false;
  for (const LayerId layer : layers) {
    variable.layers.push_back(network.layer(layer).name);
    variable.has_weights = variable.has_weights || network.layer(layer).has_weight();
  }
  for (const Offer& offer : offers) variable.methods.push_back(offer.method->info().id);
  std::vector<std::vector<PlacedStep>> steps;
  for (const std::vector<Use>& uses : variable.choices) {
    std::vector<PlacedStep>& placed = steps.emplace_back();
    for (const Use& use : uses) {
      const approx::Method& method = *approx::find_method(use.method).value();
      for (const LayerId layer : layers)
        if (!method.accepts(network, layer, use.knobs))
          placed.push_back(
              {{method.info().stage, layer, use.method}, {network.layer(layer).name, use.method, use.knobs}});
    }
  }
  groups_.push_back(static_cast<std::uint32_t>(layers[0]));
  variables_.push_back(std::move(variable));
  steps_.push_back(std::move(steps));
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
    all.push_back(traits_of(variable));
    if (!variable.optional) all.back().erase(all.back().begin());
  }
  return all;
}

approx::CalibrationNeeds Space::needs() const {
  approx::CalibrationNeeds needs;
  for (const auto& choices : steps_)
    for (const auto& steps : choices)
      for (const PlacedStep& placed : steps) needs |= approx::needs_of({placed.step});
  return needs;
}

std::vector<std::uint32_t> Space::kinds() const {
  std::map<std::vector<std::string>, std::uint32_t> numbers;
  std::vector<std::uint32_t> kinds;
  for (const Variable& variable : variables_)
    kinds.push_back(numbers.emplace(variable.methods, static_cast<std::uint32_t>(numbers.size())).first->second);
  return kinds;
}

std::vector<bool> Space::changes_structure() const {
  std::vector<bool> changes;
  for (const Variable& variable : variables_)
    changes.push_back(std::any_of(variable.methods.begin(), variable.methods.end(), [](const std::string& id) {
      const approx::Stage stage = approx::find_method(id).value()->info().stage;
      return approx::changes_network(stage) && stage != approx::Stage::kBalance;
    }));
  return changes;
}

std::vector<bool> Space::balances() const {
  std::vector<bool> balances;
  for (const Variable& variable : variables_)
    balances.push_back(std::all_of(variable.methods.begin(), variable.methods.end(), [](const std::string& id) {
      return approx::find_method(id).value()->info().stage == approx::Stage::kBalance;
    }));
  return balances;
}

bool Space::contains_base() const {
  return std::all_of(variables_.begin(), variables_.end(), [](const Variable& variable) { return variable.optional; });
}

std::uint64_t Space::points_wanted(std::int64_t evaluations) const {
  return static_cast<std::uint64_t>(evaluations - (contains_base() ? 0 : 1));
}

search::Point Space::base() const {
  search::Point point;
  for (const Variable& variable : variables_)
    point.push_back(variable.optional ? std::uint16_t{0} : least_choice(variable));
  return point;
}

approx::Recipe Space::recipe(const search::Point& point) const {
  RS_CHECK(point.size() == variables_.size());
  std::vector<const PlacedStep*> placed;
  for (std::size_t v = 0; v < variables_.size(); ++v) {
    const std::size_t choice = point[v];
    if (variables_[v].optional && choice == 0) continue;
    for (const PlacedStep& step : steps_[v].at(choice - (variables_[v].optional ? 1 : 0))) placed.push_back(&step);
  }
  std::stable_sort(placed.begin(), placed.end(), [](const auto* a, const auto* b) { return a->order < b->order; });
  approx::Recipe recipe;
  for (const PlacedStep* step : placed) recipe.push_back(step->step);
  return recipe;
}

// Of each variable the choice of most steps that the recipe has; together they must have all of them.
std::optional<search::Point> Space::find(const approx::Recipe& recipe) const {
  const auto has = [&](const PlacedStep& placed) {
    return std::find(recipe.begin(), recipe.end(), placed.step) != recipe.end();
  };
  search::Point point = base();
  for (std::size_t v = 0; v < variables_.size(); ++v) {
    std::size_t most = 0;
    for (std::size_t c = 0; c < steps_[v].size(); ++c) {
      if (steps_[v][c].size() <= most || !std::all_of(steps_[v][c].begin(), steps_[v][c].end(), has)) continue;
      most = steps_[v][c].size();
      point[v] = static_cast<std::uint16_t>(c + (variables_[v].optional ? 1 : 0));
    }
  }
  const approx::Recipe found = this->recipe(point);
  if (found.size() != recipe.size() || !std::is_permutation(found.begin(), found.end(), recipe.begin()))
    return std::nullopt;
  return point;
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
