#include "analytics/explore/candidate_builder.h"

#include <algorithm>
#include <map>

#include "analytics/approx/curvatures.h"

namespace roofscape::explore {
namespace {

constexpr std::int64_t kStructureBytes = std::int64_t{256} << 20;
constexpr std::int64_t kLayerBytes = std::int64_t{256} << 20;
constexpr std::int64_t kRestBytes = 1024;  // of a layer or draft beyond what it counts, about

std::int64_t bytes_of(const Layer& layer) {
  std::int64_t bytes = kRestBytes;
  for (const TensorPtr& constant : layer.constants)
    if (constant) bytes += constant->size() * static_cast<std::int64_t>(sizeof(float));
  return bytes;
}

std::int64_t bytes_of(const SecondMoments& moments) {
  return static_cast<std::int64_t>((moments.sums.size() + moments.totals.size()) * sizeof(double));
}

std::int64_t bytes_of(const ValueStatistics& statistics) {
  return static_cast<std::int64_t>(statistics.histogram.bins().size() * sizeof(std::uint64_t)) + kRestBytes;
}

// Of the entries of `after` that `before` does not hold.
template <typename Map>
std::int64_t new_bytes(const Map& before, const Map& after) {
  std::int64_t bytes = 0;
  for (const auto& [name, value] : after) {
    const auto found = before.find(name);
    if (value && (found == before.end() || found->second != value)) bytes += bytes_of(*value);
  }
  return bytes;
}

// What a step's result keeps in memory beyond what the draft before it does.
std::int64_t new_bytes(const approx::Draft& before, const approx::Draft& after) {
  std::int64_t bytes = new_bytes(before.calibration.values, after.calibration.values) +
                       new_bytes(before.calibration.moments, after.calibration.moments) +
                       new_bytes(before.calibration.state_moments, after.calibration.state_moments);
  for (const Layer& layer : after.network.layers()) {
    const std::optional<LayerId> same = before.network.find(layer.name);
    bytes += same && before.network.layer(*same).constants == layer.constants ? kRestBytes : bytes_of(layer);
  }
  return bytes;
}

Digest key_after(const Digest& before, const approx::Step& step) {
  Hasher hasher("candidate-step/1");
  hasher.add(before).add(step.layer).add(step.method);
  approx::hash_into(hasher, step.knobs);
  return hasher.finish();
}

void hash_quantiser(Hasher& hasher, const QuantiserPtr& quantiser) {
  hasher.add(quantiser != nullptr);
  if (quantiser) quantiser->hash_into(hasher);
}

void hash_arithmetic(Hasher& hasher, const Arithmetic& arithmetic) {
  hash_quantiser(hasher, arithmetic.weight);
  for (const QuantiserPtr& input : arithmetic.inputs) hash_quantiser(hasher, input);
  for (const FunctionTablePtr& table : arithmetic.functions) table->hash_into(hasher);
  if (arithmetic.accumulator) hasher.add(arithmetic.accumulator->bits).add(arithmetic.accumulator->overflow);
  if (arithmetic.skips)
    hasher.add(arithmetic.skips->threshold).add_range(std::span<const float>(arithmetic.skips->zero_shares));
}

// Of all that local steps on a layer look at.
Digest content_of(const approx::Draft& draft, LayerId id) {
  const Layer& layer = draft.network.layer(id);
  Hasher hasher("candidate-layer/1");
  hasher.add(layer.name);
  hash_into(hasher, layer.operation);
  for (const TensorPtr& constant : layer.constants) hasher.add(constant ? constant->digest() : Digest());
  hash_arithmetic(hasher, layer.arithmetic);
  layer.storage.hash_into(hasher);
  const Calibration& calibration = draft.calibration;
  StatisticsDigests& digests = draft.curvatures->digests();
  for (const LayerId input : layer.inputs) {
    const Layer& read = draft.network.layer(input);
    hasher.add_range(std::span<const std::int64_t>(read.output_shape)).add(digests.of(calibration.values, read.name));
  }
  hasher.add(digests.of(calibration.moments, layer.name));
  hasher.add(digests.of(calibration.state_moments, layer.name));
  return hasher.finish();
}

// What was made in another structure reads the same, but there it may have another number.
void replace(Layer& layer, const Layer& made) {
  std::vector<LayerId> inputs = std::move(layer.inputs);
  layer = made;
  layer.inputs = std::move(inputs);
}

}  // namespace

CandidateBuilder::Structure::Structure(approx::Draft made, const Digest& steps) : draft(std::move(made)), key(steps) {
  for (LayerId id = 0; id < draft.network.size(); ++id) contents.push_back(content_of(draft, id));
}

CandidateBuilder::CandidateBuilder(approx::Draft base, std::uint64_t seed)
    : base_(std::make_shared<const Structure>(std::move(base), Digest())),
      seed_(seed),
      structures_(kStructureBytes),
      layers_(kLayerBytes) {}

Result<Network> CandidateBuilder::build_roughly(const approx::Recipe& recipe) {
  approx::Recipe rough;
  for (const approx::Step& step : recipe) {
    RS_ASSIGN(const approx::Method* const method, approx::find_method(step.method));
    const approx::MethodInfo& info = method->info();
    if (info.stage != approx::Stage::kBalance)
      rough.push_back({step.layer, step.method, approx::rough_knobs(info, step.knobs)});
  }
  return build_ordered(rough);
}

Result<Network> CandidateBuilder::build(const approx::Recipe& recipe) {
  RS_ASSIGN(const approx::Recipe steps, approx::ordered(base_->draft.network, recipe));
  return build_ordered(steps);
}

Result<Network> CandidateBuilder::build_ordered(const approx::Recipe& steps) {
  approx::Recipe before, local, after;
  for (const approx::Step& step : steps) {
    const approx::Stage stage = approx::find_method(step.method).value()->info().stage;
    (!approx::changes_network(stage) ? local : stage < approx::Stage::kSparsity ? before : after).push_back(step);
  }
  RS_ASSIGN(const StructurePtr structure, this->structure(before));
  RS_ASSIGN(Network network, with_local_steps(*structure, local));
  if (after.empty()) return network;
  RS_ASSIGN(const approx::Draft finished,
            approx::apply_recipe(structure->draft.with(std::move(network)), after, seed_));
  return finished.network;
}

Result<CandidateBuilder::StructurePtr> CandidateBuilder::structure(const approx::Recipe& steps) {
  StructurePtr structure = base_;
  for (std::span<const approx::Step> left = steps; !left.empty();) {
    const std::span<const approx::Step> stage = approx::first_stage(left);
    RS_ASSIGN(const approx::Recipe spread,
              approx::with_budgets_spread(structure->draft, approx::Recipe(stage.begin(), stage.end())));
    for (const approx::Step& step : spread) {
      RS_ASSIGN(structure, with_step(structure, step));
    }
    left = left.subspan(stage.size());
  }
  return structure;
}

Result<CandidateBuilder::StructurePtr> CandidateBuilder::with_step(const StructurePtr& before,
                                                                   const approx::Step& step) {
  const Digest key = key_after(before->key, step);
  return structures_.get(key, [&]() -> Result<Sized<Structure>> {
    RS_ASSIGN(approx::Draft draft, approx::apply_to_targets(before->draft, step, seed_));
    const std::int64_t bytes = new_bytes(before->draft, draft);
    return Sized<Structure>{std::make_shared<const Structure>(std::move(draft), key), bytes};
  });
}

Result<Network> CandidateBuilder::with_local_steps(const Structure& structure, const approx::Recipe& steps) {
  const approx::Draft& draft = structure.draft;
  // Budgets belong to methods of the first local stage, so that the draft is what they see.
  RS_ASSIGN(const approx::Recipe spread, approx::with_budgets_spread(draft, steps));
  std::map<LayerId, approx::Recipe> of_layer;
  for (const approx::Step& step : spread) {
    RS_ASSIGN(const std::vector<LayerId> layers, approx::targets(draft, step));
    for (const approx::Knobs& knobs : approx::find_method(step.method).value()->separated(step.knobs))
      for (const LayerId layer : layers) of_layer[layer].push_back({step.layer, step.method, knobs});
  }
  std::vector<Layer> layers(draft.network.layers().begin(), draft.network.layers().end());
  for (const auto& [id, its_steps] : of_layer) {
    RS_ASSIGN(const LayerPtr made, with_steps(draft, id, structure.contents[static_cast<std::size_t>(id)], its_steps));
    replace(layers[static_cast<std::size_t>(id)], *made);
  }
  return Network::create(std::move(layers), draft.network.output());
}

Result<CandidateBuilder::LayerPtr> CandidateBuilder::with_steps(const approx::Draft& draft, LayerId id,
                                                                const Digest& content,
                                                                std::span<const approx::Step> steps) {
  Digest key = content;
  for (const approx::Step& step : steps) key = key_after(key, step);
  return layers_.get(key, [&]() -> Result<Sized<Layer>> {
    approx::Draft before = draft;
    if (steps.size() > 1) {
      RS_ASSIGN(const LayerPtr made, with_steps(draft, id, content, steps.first(steps.size() - 1)));
      Layer layer = draft.network.layer(id);
      replace(layer, *made);
      RS_ASSIGN(before.network, draft.network.with_layer(id, std::move(layer)));
    }
    RS_ASSIGN(const approx::Draft applied, approx::apply_step(before, id, steps.back(), seed_));
    const Layer& layer = applied.network.layer(id);
    return Sized<Layer>{std::make_shared<const Layer>(layer), bytes_of(layer)};
  });
}

}  // namespace roofscape::explore
