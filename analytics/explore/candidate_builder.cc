#include "analytics/explore/candidate_builder.h"

#include "analytics/base/text.h"

namespace roofscape::explore {
namespace {

// When the caches hold more, they start anew.
constexpr std::int64_t kMostBytes = std::int64_t{256} << 20;
constexpr std::size_t kMostLayers = 50'000;

std::int64_t bytes_of(const Layer& layer) {
  std::int64_t bytes = 1024;  // the rest of it, about
  for (const TensorPtr& constant : layer.constants)
    if (constant) bytes += constant->size() * static_cast<std::int64_t>(sizeof(float));
  return bytes;
}

approx::Recipe recipe_of(const std::vector<const approx::Step*>& steps) {
  approx::Recipe recipe;
  for (const approx::Step* step : steps) recipe.push_back(*step);
  return recipe;
}

}  // namespace

CandidateBuilder::CandidateBuilder(approx::Draft base, std::uint64_t seed)
    : base_(std::make_shared<const approx::Draft>(std::move(base))), seed_(seed) {}

// Exact, and different for different steps (names could hold anything, so lengths come first).
std::string CandidateBuilder::text_of(const Steps& steps) {
  std::string text;
  const auto add = [&text](const std::string& part) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  };
  for (const approx::Step* step : steps) {
    add(step->layer);
    add(step->method);
    add(approx::to_string(step->knobs));
  }
  return text;
}

Result<Network> CandidateBuilder::build(const approx::Recipe& recipe) {
  Steps structural;
  std::map<std::string_view, Steps> others;  // by layer
  for (const approx::Step& step : recipe) {
    RS_ASSIGN(const approx::Method* const method, approx::find_method(step.method));
    (method->info().stage == approx::Stage::kStructure ? structural : others[step.layer]).push_back(&step);
  }
  RS_ASSIGN(const std::shared_ptr<const approx::Draft> draft, structure(structural));
  std::vector<Layer> layers(draft->network.layers().begin(), draft->network.layers().end());
  std::size_t found = 0;
  for (LayerId id = 0; id < draft->network.size() && found < others.size(); ++id) {
    const auto steps = others.find(draft->network.layer(id).name);
    if (steps == others.end()) continue;
    ++found;
    RS_ASSIGN(layers[static_cast<std::size_t>(id)], layer_result(*draft, id, steps->second));
  }
  if (found < others.size()) return failed_precondition("a layer of the recipe was removed by an earlier step");
  return Network::create(std::move(layers), draft->network.output());
}

Result<std::shared_ptr<const approx::Draft>> CandidateBuilder::structure(const Steps& steps) {
  if (steps.empty()) return base_;
  const std::string key = text_of(steps);
  if (const auto found = structures_.find(key); found != structures_.end()) return found->second;
  RS_ASSIGN(approx::Draft draft, approx::apply_recipe(*base_, recipe_of(steps), seed_));
  auto kept = std::make_shared<const approx::Draft>(std::move(draft));
  if (kept_bytes_ > kMostBytes) {
    structures_.clear();
    layers_.clear();
    kept_bytes_ = 0;
  }
  for (const Layer& layer : kept->network.layers()) kept_bytes_ += bytes_of(layer);
  structures_.emplace(key, kept);
  return kept;
}

Result<Layer> CandidateBuilder::layer_result(const approx::Draft& draft, LayerId id, const Steps& steps) {
  const Layer& layer = draft.network.layer(id);
  Context context{id, layer.constants, {}, text_of(steps)};
  for (LayerId input : layer.inputs) {
    const auto found = draft.calibration.values.find(draft.network.layer(input).name);
    context.inputs.push_back(found == draft.calibration.values.end() ? nullptr : found->second);
  }
  auto found = layers_.find(context);
  if (found == layers_.end()) {
    RS_ASSIGN(const approx::Draft applied, approx::apply_recipe(draft, recipe_of(steps), seed_));
    const std::optional<LayerId> now = applied.network.find(layer.name);
    RS_CHECK(now.has_value());
    if (kept_bytes_ > kMostBytes || layers_.size() >= kMostLayers) {
      layers_.clear();
      structures_.clear();
      kept_bytes_ = 0;
    }
    kept_bytes_ += bytes_of(applied.network.layer(*now));
    found = layers_.emplace(std::move(context), applied.network.layer(*now)).first;
  }
  // What was computed in another structure has the inputs and shape of that one; take this one's.
  Layer result = found->second;
  result.inputs = layer.inputs;
  return result;
}

}  // namespace roofscape::explore
