#include "analytics/approx/method.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "analytics/base/text.h"

namespace roofscape::approx {
namespace {

// A step of a recipe with all that sorts and applies it.
struct PlannedStep {
  const Step* step = nullptr;
  const Method* method = nullptr;
  Knobs knobs;
  LayerId base_layer = 0;

  auto order() const { return std::tuple(method->info().stage, base_layer, std::string_view(method->info().id)); }
};

std::string named(const Step& step) {
  return fmt::format("layer '{}', method '{}'", printable(step.layer), printable(step.method, 60));
}

Result<PlannedStep> plan_step(const Network& network, const std::map<std::string_view, LayerId>& layers,
                              const Step& step) {
  PlannedStep planned;
  planned.step = &step;
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
  planned.knobs = std::move(*knobs);
  return planned;
}

Result<std::vector<PlannedStep>> plan_recipe(const Network& network, const Recipe& recipe) {
  std::map<std::string_view, LayerId> layers;
  for (LayerId id = 0; id < network.size(); ++id) layers.emplace(network.layer(id).name, id);
  std::vector<PlannedStep> plan;
  for (const Step& step : recipe) {
    RS_ASSIGN(PlannedStep planned, plan_step(network, layers, step));
    plan.push_back(std::move(planned));
  }
  std::sort(plan.begin(), plan.end(), [](const auto& a, const auto& b) { return a.order() < b.order(); });
  for (std::size_t i = 1; i < plan.size(); ++i) {
    if (plan[i].order() == plan[i - 1].order())
      return invalid_argument("{} stands twice in a recipe", named(*plan[i].step));
  }
  return plan;
}

// Depends on the step alone, not on what else the recipe holds.
std::uint64_t step_seed(std::uint64_t seed, const Step& step) {
  const Digest digest = Hasher("step-seed/1").add(seed).add(step.layer).add(step.method).finish();
  std::uint64_t value = 0;
  std::memcpy(&value, digest.bytes.data(), sizeof(value));
  return value;
}

Result<Draft> apply_step(const Draft& draft, const PlannedStep& planned, std::uint64_t seed) {
  const std::optional<LayerId> layer = draft.network.find(planned.step->layer);
  if (!layer) return failed_precondition("{}: an earlier step removed the layer", named(*planned.step));
  if (const MaybeDecline decline = planned.method->applies(draft.network, *layer)) {
    return failed_precondition("{} does not apply: {}", named(*planned.step), decline->because);
  }
  auto result = planned.method->apply(draft, *layer, planned.knobs, step_seed(seed, *planned.step));
  if (!result.ok()) return result.status().in(named(*planned.step));
  return result;
}

}  // namespace

const KnobSpec* MethodInfo::find(std::string_view knob) const {
  const auto found = std::find_if(knobs.begin(), knobs.end(), [&](const KnobSpec& spec) { return spec.name == knob; });
  return found == knobs.end() ? nullptr : &*found;
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
    complete[name] = real != nullptr ? KnobValue(*real + 0.0) : value;  // -0 becomes 0
  }
  for (const KnobSpec& spec : method.knobs) complete.emplace(spec.name, spec.fallback);
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

Result<Draft> apply_recipe(const Draft& base, const Recipe& recipe, std::uint64_t seed) {
  RS_ASSIGN(const std::vector<PlannedStep> plan, plan_recipe(base.network, recipe));
  Draft draft = base;
  for (const PlannedStep& planned : plan) {
    RS_ASSIGN(draft, apply_step(draft, planned, seed));
  }
  return draft;
}

}  // namespace roofscape::approx
