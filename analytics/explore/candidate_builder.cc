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

}  // namespace

CandidateBuilder::CandidateBuilder(approx::Draft base, std::uint64_t seed)
    : base_(std::make_shared<const approx::Draft>(std::move(base))), seed_(seed) {}

// Exact, and different for different steps (names could hold anything, so lengths come first).
std::string CandidateBuilder::text_of(const approx::Recipe& steps) {
  std::string text;
  const auto add = [&text](const std::string& part) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  };
  for (const approx::Step& step : steps) {
    add(step.layer);
    add(step.method);
    add(approx::to_string(step.knobs));
  }
  return text;
}

Result<Network> CandidateBuilder::build(const approx::Recipe& recipe) {
  RS_ASSIGN(const approx::Recipe steps, approx::ordered(base_->network, recipe));
  approx::Recipe before, local, after;
  for (const approx::Step& step : steps) {
    const approx::Stage stage = approx::find_method(step.method).value()->info().stage;
    (!approx::changes_network(stage) ? local : stage < approx::Stage::kSparsity ? before : after).push_back(step);
  }
  RS_ASSIGN(const std::shared_ptr<const approx::Draft> draft, structure(before));
  RS_ASSIGN(Network network, with_local_steps(*draft, local));
  if (after.empty()) return network;
  RS_ASSIGN(const approx::Draft finished, approx::apply_recipe(draft->with(std::move(network)), after, seed_));
  return finished.network;
}

Result<Network> CandidateBuilder::with_local_steps(const approx::Draft& draft, const approx::Recipe& steps) {
  // Budgets belong to methods of the first local stage, so that the draft is what they see.
  RS_ASSIGN(const approx::Recipe spread, approx::with_budgets_spread(draft, steps));
  std::map<LayerId, approx::Recipe> of_layer;
  for (const approx::Step& step : spread) {
    RS_ASSIGN(const std::vector<LayerId> layers, approx::targets(draft, step));
    for (const LayerId layer : layers) of_layer[layer].push_back(step);
  }
  std::vector<Layer> layers(draft.network.layers().begin(), draft.network.layers().end());
  for (const auto& [id, its_steps] : of_layer) {
    RS_ASSIGN(layers[static_cast<std::size_t>(id)], layer_result(draft, id, its_steps));
  }
  return Network::create(std::move(layers), draft.network.output());
}

void CandidateBuilder::make_room(std::int64_t bytes) {
  if (kept_bytes_ > kMostBytes || layers_.size() >= kMostLayers) {
    layers_.clear();
    structures_.clear();
    kept_bytes_ = 0;
  }
  kept_bytes_ += bytes;
}

Result<std::shared_ptr<const approx::Draft>> CandidateBuilder::structure(const approx::Recipe& steps) {
  if (steps.empty()) return base_;
  const std::string key = text_of(steps);
  if (const auto found = structures_.find(key); found != structures_.end()) return found->second;
  RS_ASSIGN(approx::Draft draft, approx::apply_recipe(*base_, steps, seed_));
  auto kept = std::make_shared<const approx::Draft>(std::move(draft));
  std::int64_t bytes = 0;
  for (const Layer& layer : kept->network.layers()) bytes += bytes_of(layer);
  make_room(bytes);
  structures_.emplace(key, kept);
  return kept;
}

Result<Layer> CandidateBuilder::layer_result(const approx::Draft& draft, LayerId id, const approx::Recipe& steps) {
  const Layer& layer = draft.network.layer(id);
  Context context{id, layer.constants, {}, nullptr, text_of(steps)};
  for (LayerId input : layer.inputs) {
    const auto found = draft.calibration.values.find(draft.network.layer(input).name);
    context.inputs.push_back(found == draft.calibration.values.end() ? nullptr : found->second);
  }
  if (const auto found = draft.calibration.moments.find(layer.name); found != draft.calibration.moments.end())
    context.moments = found->second;
  auto found = layers_.find(context);
  if (found == layers_.end()) {
    approx::Draft applied = draft;
    for (const approx::Step& step : steps) {
      RS_ASSIGN(applied, approx::apply_step(applied, id, step, seed_));
    }
    make_room(bytes_of(applied.network.layer(id)));
    found = layers_.emplace(std::move(context), applied.network.layer(id)).first;
  }
  // What was computed in another structure has the inputs and shape of that one; take this one's.
  Layer result = found->second;
  result.inputs = layer.inputs;
  return result;
}

}  // namespace roofscape::explore
