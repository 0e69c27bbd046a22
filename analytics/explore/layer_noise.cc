#include "analytics/explore/layer_noise.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <utility>

namespace roofscape::explore {
namespace {

constexpr std::size_t kTogether = 64;  // networks that go through the images together

// The network up to the layer, its output laid out as the one vector that the engine measures. Nothing without the
// layer.
std::optional<Network> cut_behind(const Network& network, const std::string& name) {
  const std::optional<LayerId> id = network.find(name);
  if (!id) return std::nullopt;
  std::vector<Layer> layers(network.layers().begin(), network.layers().begin() + *id + 1);
  Layer flat;
  flat.name = name + " flat";
  while (network.find(flat.name)) flat.name += "'";
  flat.operation = op::Reshape{{element_count(network.layer(*id).output_shape)}};
  flat.inputs = {*id};
  layers.push_back(std::move(flat));
  Result<Network> cut = without_dead_layers(std::move(layers), *id + 1);
  return cut.ok() ? std::optional(*std::move(cut)) : std::nullopt;
}

// The first images, without labels: what comes out is no score of classes.
Dataset first_images(const Dataset& data, std::int64_t count) {
  std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
  std::iota(indices.begin(), indices.end(), std::int64_t{0});
  Dataset first = subset(data, indices);
  first.labels.clear();
  return first;
}

// A network behind a layer, and the probes that give it.
struct Cut {
  Network network;
  Digest key;  // of the pair that it makes with the base network's cut
  std::vector<std::size_t> probes;
};

// The probes of one layer.
class LayerNoise {
 public:
  LayerNoise(const Network& base, const std::string& layer) : layer_(layer), base_(cut_behind(base, layer)) {
    if (base_) shape_ = base.layer(*base.find(layer)).output_shape;
  }

  void add(std::size_t probe, const Network& candidate) {
    const std::optional<LayerId> id = candidate.find(layer_);
    if (!base_ || !id || candidate.layer(*id).output_shape != shape_) return;
    std::optional<Network> cut = cut_behind(candidate, layer_);
    if (!cut) return;
    const Digest key = Hasher("layer-noise/1").add(base_->key()).add(cut->key()).finish();
    const auto same = std::find_if(cuts_.begin(), cuts_.end(), [&](const Cut& other) { return other.key == key; });
    if (same != cuts_.end())
      same->probes.push_back(probe);
    else
      cuts_.push_back({*std::move(cut), key, {probe}});
  }

  Status measure(const Dataset& images, const Preparation& preparation, const engine::Engine& engine, ProbeStore& store,
                 const CancelToken* cancel, std::vector<std::optional<double>>& noise) const {
    std::vector<std::pair<Digest, engine::Counts>> fresh;
    std::vector<const Cut*> unknown;
    for (const Cut& cut : cuts_) {
      if (const auto known = store.find_probe(cut.key, images.count))
        tell(cut, *known, noise);
      else
        unknown.push_back(&cut);
    }
    for (std::size_t first = 0; first < unknown.size(); first += kTogether) {
      const std::span<const Cut* const> part =
          std::span<const Cut* const>(unknown).subspan(first, std::min(kTogether, unknown.size() - first));
      std::vector<const Network*> set = {&*base_};
      for (const Cut* cut : part) set.push_back(&cut->network);
      engine::MeasureOptions options;
      options.cancel = cancel;
      RS_ASSIGN(const std::vector<engine::Counts> counts, engine.measure(set, 0, images, preparation, options));
      for (std::size_t i = 0; i < part.size(); ++i) {
        tell(*part[i], counts[i + 1], noise);
        fresh.emplace_back(part[i]->key, counts[i + 1]);
      }
    }
    return fresh.empty() ? Status() : store.store_probes(fresh, images.count);
  }

 private:
  static void tell(const Cut& cut, const engine::Counts& counts, std::vector<std::optional<double>>& noise) {
    for (const std::size_t probe : cut.probes) noise[probe] = engine::metrics(counts).snr_db;
  }

  std::string layer_;
  std::optional<Network> base_;
  Shape shape_;
  std::vector<Cut> cuts_;
};

}  // namespace

Result<std::vector<std::optional<double>>> measure_layer_noise(const Space& space, CandidateBuilder& builder,
                                                               const Network& base, std::span<const Probe> probes,
                                                               const Dataset& calibration,
                                                               const Preparation& preparation,
                                                               const engine::Engine& engine, ProbeStore& store,
                                                               const SensitivityOptions& options) {
  std::vector<std::optional<double>> noise(probes.size());
  if (calibration.count == 0) return noise;
  const Dataset images = first_images(calibration, std::min(calibration.count, kLayerNoiseImages));
  std::map<std::string, std::vector<std::size_t>> of_layer;
  for (std::size_t i = 0; i < probes.size(); ++i)
    of_layer[space.variables()[probes[i].variable].layers.back()].push_back(i);
  for (const auto& [layer, its_probes] : of_layer) {
    LayerNoise at(base, layer);
    for (const std::size_t i : its_probes) {
      if (options.cancel != nullptr && options.cancel->cancelled())
        return cancelled("stopped while the noise of layers was measured");
      const Result<Network> network =
          builder.build(space.recipe(probed_point(space, probes[i].variable, probes[i].choice)));
      if (network.ok()) at.add(i, *network);
    }
    RS_TRY(at.measure(images, preparation, engine, store, options.cancel, noise));
  }
  return noise;
}

}  // namespace roofscape::explore
