// Magnitude pruning: the weights of smallest magnitude become 0 and need not be stored.
#include <algorithm>
#include <cmath>
#include <limits>

#include "analytics/approx/registry.h"
#include "analytics/approx/storage_choice.h"

namespace roofscape::approx {
namespace {

// NaN counts as the largest, so that magnitudes have an order.
float magnitude(float value) { return value == value ? std::abs(value) : std::numeric_limits<float>::infinity(); }

// `tensor` with its floor(fraction·n) smallest magnitudes set to 0; of equal ones those that come first.
TensorPtr without_smallest(const Tensor& tensor, double fraction) {
  std::vector<float> values(tensor.values().begin(), tensor.values().end());
  auto removed = static_cast<std::size_t>(std::floor(fraction * static_cast<double>(values.size())));
  if (removed == 0) return make_tensor(tensor.shape(), std::move(values));
  std::vector<float> magnitudes(values.size());
  std::transform(values.begin(), values.end(), magnitudes.begin(), magnitude);
  const auto last = magnitudes.begin() + static_cast<std::ptrdiff_t>(removed) - 1;
  std::nth_element(magnitudes.begin(), last, magnitudes.end());
  const float threshold = *last;
  for (float& value : values) {
    if (magnitude(value) < threshold) {
      value = 0;
      --removed;
    }
  }
  for (float& value : values) {
    if (removed == 0) break;
    if (magnitude(value) != threshold) continue;
    // A threshold of 0 means that the rest are zeros already.
    value = 0;
    --removed;
  }
  return make_tensor(tensor.shape(), std::move(values));
}

class Prune final : public Method {
 public:
  const MethodInfo& info() const override {
    static const MethodInfo kInfo{
        .id = "prune",
        .version = 1,
        .stage = Stage::kSparsity,
        .summary = "Sets the weights of smallest magnitude to 0 and stores the rest in the fewest bits.",
        .knobs = {KnobSpec::real("fraction", "Share of the layer's weights that become 0", 0, 0.95, 0.5)},
        .identity = {{"fraction", 0.0}},
    };
    return kInfo;
  }

  MaybeDecline applies(const Network& network, LayerId id) const override {
    const Layer& layer = network.layer(id);
    if (layer.has_weight()) return {};
    return Decline{info().id, DeclineReason::kOperation,
                   operation_name(layer.operation) + " has no weights; prune Conv, ConvTranspose, Gemm, LSTM or GRU"};
  }

  Effects effects(const Knobs&) const override { return {.decides = Aspect::kZeros, .undoes = Aspect::kTies}; }

  Result<Draft> apply(const Draft& draft, LayerId id, const Knobs& knobs, std::uint64_t) const override {
    const double fraction = number(knobs, "fraction");
    if (fraction == 0) return draft;
    std::vector<Layer> layers(draft.network.layers().begin(), draft.network.layers().end());
    Layer& layer = layers[static_cast<std::size_t>(id)];
    const std::size_t weights = layer.as<op::Recurrent>() ? 2 : 1;
    for (std::size_t i = 0; i < weights; ++i) layer.constants[i] = without_smallest(*layer.constants[i], fraction);
    layer.storage = smallest_storage(layer);
    RS_ASSIGN(Network network, Network::create(std::move(layers), draft.network.output()));
    return draft.with(std::move(network));
  }
};

}  // namespace

const Method& prune_method() {
  static const Prune kMethod;
  return kMethod;
}

}  // namespace roofscape::approx
