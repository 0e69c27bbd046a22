#include "analytics/approx/method.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "analytics/base/text.h"

namespace roofscape::approx {
namespace {

std::string named(const Step& step) {
  return fmt::format("layer '{}', method '{}'", printable(step.layer), printable(step.method, 60));
}

// A step with all that sorts it.
struct PlannedStep {
  Step step;  // knobs complete
  const Method* method = nullptr;
  LayerId base_layer = 0;

  auto order() const { return std::tuple(method->info().stage, base_layer, std::string_view(method->info().id)); }
};

Result<PlannedStep> plan_step(const Network& network, const std::map<std::string_view, LayerId>& layers,
                              const Step& step) {
  PlannedStep planned{step, nullptr, 0};
  RS_ASSIGN(planned.method, find_method(step.method));
  const auto found = layers.find(step.layer);
  if (found == layers.end()) {
    std::vector<std::string> names;
    for (const Layer& layer : network.layers()) names.push_back(layer.name);
    return not_found("the network has no layer '{}'{}", printable(step.layer), suggestion(step.layer, names));
  }
  planned.base_layer = found->second;
  auto knobs = complete_knobs(planned.method->info(), step.knobs);
  if (!knobs.ok()) return knobs.status().in(named(step));
  planned.step.knobs = std::move(*knobs);
  return planned;
}

// Steps on one layer must differ in method and agree with each other.
Status check_steps(const std::vector<PlannedStep>& plan) {
  std::map<LayerId, std::vector<const PlannedStep*>> by_layer;
  for (const PlannedStep& planned : plan) {
    for (const PlannedStep* other : by_layer[planned.base_layer]) {
      if (other->method == planned.method) return invalid_argument("{} stands twice in a recipe", named(planned.step));
      if (const auto reason = conflict(*other->method, other->step.knobs, *planned.method, planned.step.knobs))
        return invalid_argument("layer '{}': {}", printable(planned.step.layer), *reason);
    }
    by_layer[planned.base_layer].push_back(&planned);
  }
  return {};
}

// Depends on the step and the layer alone, not on what else the recipe holds.
std::uint64_t step_seed(std::uint64_t seed, const std::string& layer, const Step& step) {
  const Digest digest = Hasher("step-seed/1").add(seed).add(layer).add(step.method).finish();
  std::uint64_t value = 0;
  std::memcpy(&value, digest.bytes.data(), sizeof(value));
  return value;
}

// Whether the step shares its budget with others of its method.
bool has_network_budget(const Step& step) {
  const auto budget = step.knobs.find("budget");
  return budget != step.knobs.end() && budget->second == KnobValue("network");
}

Status spread_group(const Draft& draft, const Method& method, const std::vector<Step*>& group) {
  std::vector<LayerId> layers;
  std::vector<Step*> steps;
  for (Step* step : group) {
    RS_ASSIGN(const std::vector<LayerId> parts, targets(draft, *step));
    // Parts of one layer share its knobs; the first stands for them.
    layers.push_back(parts[0]);
    steps.push_back(step);
  }
  auto knobs = method.spread(draft, layers, group[0]->knobs);
  if (!knobs.ok()) return knobs.status().in(named(*group[0]));
  RS_CHECK(knobs->size() == steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i]->knobs = std::move((*knobs)[i]);
  return {};
}

}  // namespace

std::string_view Aspects::text() const {
  constexpr std::pair<Aspect, std::string_view> kTexts[] = {
      {Aspect::kFactors, "the structure of the weight"},
      {Aspect::kZeros, "which weights are zero"},
      {Aspect::kTies, "which weights are equal"},
      {Aspect::kWeightFormat, "the number format of the weights"},
      {Aspect::kInputFormat, "the number format of the inputs"},
      {Aspect::kAccumulator, "the accumulator"},
      {Aspect::kFunction, "how the function is computed"},
      {Aspect::kCode, "how the weights are coded"},
      {Aspect::kSkips, "which inputs are skipped"},
  };
  for (const auto& [aspect, text] : kTexts) {
    if ((bits_ & static_cast<unsigned>(aspect)) != 0) return text;
  }
  return "nothing";
}

Draft Draft::with(Network changed) const {
  Draft draft = *this;
  draft.network = std::move(changed);
  return draft;
}

Result<std::vector<Knobs>> Method::spread(const Draft&, std::span<const LayerId> layers, const Knobs& knobs) const {
  return std::vector<Knobs>(layers.size(), knobs);
}

std::optional<std::string> conflict(const Method& a, const Knobs& a_knobs, const Method& b, const Knobs& b_knobs) {
  const bool in_order = std::tie(a.info().stage, a.info().id) <= std::tie(b.info().stage, b.info().id);
  const Method& first = in_order ? a : b;
  const Method& second = in_order ? b : a;
  const Effects before = first.effects(in_order ? a_knobs : b_knobs);
  const Effects after = second.effects(in_order ? b_knobs : a_knobs);
  if (const Aspects both = before.decides & after.decides; !both.empty())
    return fmt::format("{} and {} both decide {}; leave one of them out", first.info().id, second.info().id,
                       both.text());
  if (const Aspects undone = before.decides & after.undoes; !undone.empty())
    return fmt::format("{}, with these knobs, undoes {}, which {} decided before it", second.info().id, undone.text(),
                       first.info().id);
  return {};
}

const KnobSpec* MethodInfo::find(std::string_view knob) const {
  const auto found = std::find_if(knobs.begin(), knobs.end(), [&](const KnobSpec& spec) { return spec.name == knob; });
  return found == knobs.end() ? nullptr : &*found;
}

Knobs rough_knobs(const MethodInfo& method, Knobs knobs) {
  const auto budget = knobs.find("budget");
  if (budget != knobs.end() && budget->second == KnobValue("network")) return knobs;
  for (const KnobSpec& spec : method.knobs)
    if (spec.values_alone) knobs[spec.name] = spec.fallback;
  return knobs;
}

Result<Knobs> complete_knobs(const MethodInfo& method, const Knobs& given) {
  Knobs complete;
  for (const auto& [name, value] : given) {
    const KnobSpec* spec = method.find(name);
    if (spec == nullptr) {
      std::vector<std::string> known;
      for (const KnobSpec& knob : method.knobs) known.push_back(knob.name);
      return invalid_argument("'{}' is not a knob of {}{}", printable(name, 60), method.id, suggestion(name, known))
          .at(name);
    }
    RS_TRY(spec->validate(value));
    const double* real = std::get_if<double>(&value);
    complete[name] = real != nullptr ? KnobValue(*real + 0.0) : spec->canonical(value);  // -0 becomes 0
  }
  for (const KnobSpec& spec : method.knobs) complete.emplace(spec.name, spec.canonical(spec.fallback));
  return complete;
}

void hash_into(Hasher& hasher, const Recipe& recipe) {
  hasher.add("recipe").add(static_cast<std::uint64_t>(recipe.size()));
  for (const Step& step : recipe) {
    hasher.add(step.layer).add(step.method);
    // The version is part of what a step means.
    const Result<const Method*> method = find_method(step.method);
    hasher.add(method.ok() ? (*method)->info().version : 0);
    hash_into(hasher, step.knobs);
  }
}

std::string to_string(const Recipe& recipe) {
  std::string text;
  for (const Step& step : recipe) {
    if (!text.empty()) text += "; ";
    text += fmt::format("{}: {} {}", printable(step.layer), printable(step.method, 60), to_string(step.knobs));
  }
  return text.empty() ? "as imported" : text;
}

CalibrationNeeds& CalibrationNeeds::operator|=(const CalibrationNeeds& other) {
  moments = moments || other.moments;
  exit_features = exit_features || other.exit_features;
  return *this;
}

CalibrationNeeds needs_of(const Recipe& recipe) {
  CalibrationNeeds needs;
  for (const Step& step : recipe) {
    const Result<const Method*> method = find_method(step.method);
    if (!method.ok()) continue;
    const Result<Knobs> knobs = complete_knobs((*method)->info(), step.knobs);
    if (knobs.ok()) needs |= {(*method)->needs_moments(*knobs), (*method)->needs_exit_features(*knobs)};
  }
  return needs;
}

Result<Recipe> ordered(const Network& network, const Recipe& recipe) {
  std::map<std::string_view, LayerId> layers;
  for (LayerId id = 0; id < network.size(); ++id) layers.emplace(network.layer(id).name, id);
  std::vector<PlannedStep> plan;
  for (const Step& step : recipe) {
    RS_ASSIGN(PlannedStep planned, plan_step(network, layers, step));
    plan.push_back(std::move(planned));
  }
  std::stable_sort(plan.begin(), plan.end(), [](const auto& a, const auto& b) { return a.order() < b.order(); });
  RS_TRY(check_steps(plan));
  Recipe result;
  for (PlannedStep& planned : plan) result.push_back(std::move(planned.step));
  return result;
}

Result<Recipe> with_budgets_spread(const Draft& draft, Recipe steps) {
  std::map<std::string, std::vector<Step*>> groups;  // by method and knobs
  for (Step& step : steps) {
    if (has_network_budget(step)) groups[step.method + to_string(step.knobs)].push_back(&step);
  }
  for (const auto& [name, group] : groups) {
    RS_ASSIGN(const Method* const method, find_method(group[0]->method));
    RS_TRY(spread_group(draft, *method, group));
  }
  return steps;
}

Result<std::vector<LayerId>> targets(const Draft& draft, const Step& step) {
  RS_ASSIGN(const Method* const method, find_method(step.method));
  const auto split = draft.parts.find(step.layer);
  const std::vector<std::string> itself = {step.layer};
  std::vector<LayerId> layers;
  MaybeDecline declined;
  for (const std::string& name : split == draft.parts.end() ? itself : split->second) {
    const std::optional<LayerId> layer = draft.network.find(name);
    if (!layer) continue;
    MaybeDecline decline = method->applies(draft.network, *layer);
    if (!decline) decline = method->accepts(draft.network, *layer, step.knobs);
    if (decline) {
      declined = std::move(decline);
    } else {
      layers.push_back(*layer);
    }
  }
  if (!layers.empty()) return layers;
  if (declined) return failed_precondition("{} does not apply: {}", named(step), declined->because);
  return failed_precondition("{}: an earlier step removed the layer", named(step));
}

Result<Draft> apply_step(const Draft& draft, LayerId layer, const Step& step, std::uint64_t seed) {
  RS_ASSIGN(const Method* const method, find_method(step.method));
  auto result = method->apply(draft, layer, step.knobs, step_seed(seed, draft.network.layer(layer).name, step));
  if (!result.ok()) return result.status().in(named(step));
  return result;
}

std::span<const Step> first_stage(std::span<const Step> ordered_steps) {
  const auto stage = [](const Step& step) { return find_method(step.method).value()->info().stage; };
  std::size_t count = 0;
  while (count < ordered_steps.size() && stage(ordered_steps[count]) == stage(ordered_steps[0])) ++count;
  return ordered_steps.first(count);
}

Result<Draft> apply_to_targets(const Draft& draft, const Step& step, std::uint64_t seed) {
  RS_ASSIGN(const std::vector<LayerId> layers, targets(draft, step));
  std::vector<std::string> names;  // a step may renumber layers
  for (const LayerId layer : layers) names.push_back(draft.network.layer(layer).name);
  Draft result = draft;
  for (const std::string& name : names) {
    const std::optional<LayerId> layer = result.network.find(name);
    RS_CHECK(layer.has_value());
    RS_ASSIGN(result, apply_step(result, *layer, step, seed));
  }
  return result;
}

Result<Draft> apply_recipe(const Draft& base, const Recipe& recipe, std::uint64_t seed) {
  RS_ASSIGN(const Recipe plan, ordered(base.network, recipe));
  Draft draft = base;
  for (std::span<const Step> left = plan; !left.empty();) {
    const std::span<const Step> stage = first_stage(left);
    RS_ASSIGN(const Recipe steps, with_budgets_spread(draft, Recipe(stage.begin(), stage.end())));
    for (const Step& step : steps) {
      RS_ASSIGN(draft, apply_to_targets(draft, step, seed));
    }
    left = left.subspan(stage.size());
  }
  return draft;
}

}  // namespace roofscape::approx
