#include "analytics/approx/cascade.h"

#include <set>
#include <unordered_map>

namespace roofscape::approx {
namespace {

// The name, with a number where it is taken.
std::string free_name(const std::string& wanted, std::set<std::string, std::less<>>& taken) {
  std::string name = wanted;
  for (int i = 2; !taken.insert(name).second; ++i) name = fmt::format("{}_{}", wanted, i);
  return name;
}

// What a network's scores are, through layers that change no value: Softmax, LogSoftmax or neither.
enum class Meaning { kScores, kProbabilities, kLogarithms };
Meaning meaning_of(const Network& network) {
  const auto* softmax = network.layer(network.output()).as<op::Softmax>();
  if (softmax == nullptr) return Meaning::kScores;
  return softmax->log ? Meaning::kLogarithms : Meaning::kProbabilities;
}

}  // namespace

double share_leaving(std::span<const float> scores, std::int64_t classes, float confidence, bool probabilities) {
  const auto width = static_cast<std::size_t>(classes);
  std::int64_t leaving = 0;
  for (std::size_t at = 0; at + width <= scores.size(); at += width)
    leaving += confidence_of(scores.subspan(at, width), probabilities) >= confidence ? 1 : 0;
  const auto images = static_cast<double>(scores.size() / width);
  return images > 0 ? static_cast<double>(leaving) / images : 0;
}

bool gives_probabilities(const Layer& layer) {
  const auto* softmax = layer.as<op::Softmax>();
  return softmax != nullptr && !softmax->log;
}

Result<Network> with_select(std::vector<Layer> layers, const std::string& name, LayerId early, LayerId late,
                            const ExitOptions& options) {
  std::set<std::string, std::less<>> names;
  for (const Layer& layer : layers) names.insert(layer.name);
  Layer select;
  select.name = free_name(name, names);
  select.operation = op::Select{.confidence = options.confidence,
                                .probabilities = gives_probabilities(layers[static_cast<std::size_t>(early)]),
                                .leaving = options.leaving};
  select.inputs = {early, late};
  layers.push_back(std::move(select));
  return Network::create(std::move(layers), static_cast<LayerId>(layers.size()) - 1);
}

Result<Network> cascade(const Network& small, const Network& large, const ExitOptions& options) {
  if (small.input_shape() != large.input_shape())
    return invalid_argument("the small network takes {}, the large one {}; a cascade needs one input",
                            roofscape::to_string(small.input_shape()), roofscape::to_string(large.input_shape()));
  if (meaning_of(small) != meaning_of(large))
    return invalid_argument(
        "one network of the cascade ends in {}, the other in {}; their scores mean different things",
        operation_name(small.layer(small.output()).operation), operation_name(large.layer(large.output()).operation));
  std::vector<Layer> layers(small.layers().begin(), small.layers().end());
  std::set<std::string, std::less<>> names;
  std::unordered_map<Digest, LayerId, DigestHash> known;
  const std::vector<Digest> small_keys = small.layer_keys();
  for (LayerId id = 0; id < small.size(); ++id) {
    names.insert(small.layer(id).name);
    known.try_emplace(small_keys[static_cast<std::size_t>(id)], id);
  }
  std::vector<LayerId> placed;
  const std::vector<Digest> large_keys = large.layer_keys();
  for (LayerId id = 0; id < large.size(); ++id) {
    const auto found = known.find(large_keys[static_cast<std::size_t>(id)]);
    // Equal values may be stored differently; what is stored for one may serve the other only where that is the same.
    if (found != known.end() && layers[static_cast<std::size_t>(found->second)].storage == large.layer(id).storage) {
      placed.push_back(found->second);
      continue;
    }
    Layer layer = large.layer(id);
    layer.name = free_name(layer.name, names);
    for (LayerId& input : layer.inputs) input = placed[static_cast<std::size_t>(input)];
    placed.push_back(static_cast<LayerId>(layers.size()));
    layers.push_back(std::move(layer));
  }
  return with_select(std::move(layers), "exit", small.output(), placed[static_cast<std::size_t>(large.output())],
                     options);
}

}  // namespace roofscape::approx
