#include "analytics/cost/traits.h"

#include <algorithm>
#include <cmath>

#include "analytics/base/text.h"
#include "analytics/network/work.h"

namespace roofscape::cost {
namespace {

constexpr std::array<std::string_view, kNetworkKinds> kKindNames = {"plain",  "separable",   "grouped", "concat",
                                                                    "hybrid", "transformer", "text"};

// ln activations = constant of the kind + 0.788 ln MACs − 0.256 ln parameters + 0.144 ln input, by least squares.
constexpr std::array<double, kNetworkKinds> kActivationConstants = {1.147, 2.396, 1.699, 1.325, 1.769, 1.739, 1.739};
// ln parameters = constant of the kind + 0.779 ln MACs − 0.605 ln input.
constexpr std::array<double, kNetworkKinds> kParameterConstants = {5.941, 6.528, 6.295, 6.097, 6.220, 6.406, 6.406};
constexpr std::array<double, kNetworkKinds> kUsualLayers = {45, 60, 60, 120, 80, 100, 100};
constexpr double kUsualInput = 224.0 * 224.0;

// Perceptrons and recurrent networks use each weight once, or nearly so, and convolutions many times. Published ones
// have four or five dense layers (Jouppi et al. 2017, table 1) of about equal width.
constexpr double kMostUsesOfDense = 1.5, kUsualDenseLayers = 5;

std::size_t index(NetworkKind kind) { return static_cast<std::size_t>(kind); }

// Convolutions of each sort, concatenations and products of two activations: what tells kinds apart.
struct Census {
  int depthwise = 0, grouped = 0, dense_convolutions = 0, concatenations = 0, products = 0, layers = 0;
};

Census take_census(const Network& network) {
  Census census;
  for (const Layer& layer : network.layers()) {
    census.concatenations += layer.as<op::Concat>() != nullptr;
    census.products += layer.as<op::MatMul>() != nullptr;
    census.layers += layer.has_weight() || layer.as<op::MatMul>() != nullptr;
    const auto* conv = layer.as<op::Conv>();
    if (conv == nullptr) continue;
    const bool depthwise = conv->groups > 1 && layer.weight()->shape()[1] == 1;
    census.depthwise += depthwise;
    census.grouped += conv->groups > 1 && !depthwise;
    census.dense_convolutions += conv->groups == 1;
  }
  return census;
}

NetworkKind kind_of(const Census& census) {
  constexpr int kFew = 3, kManyConcatenations = 20;
  const int convolutions = census.depthwise + census.grouped + census.dense_convolutions;
  if (census.products >= kFew && convolutions == 0) return NetworkKind::kText;
  if (census.products >= kFew)
    return census.depthwise + census.dense_convolutions > kFew ? NetworkKind::kHybrid : NetworkKind::kTransformer;
  if (census.concatenations >= kManyConcatenations) return NetworkKind::kConcat;
  if (census.depthwise >= kFew) return NetworkKind::kSeparable;
  if (census.grouped >= kFew) return NetworkKind::kGrouped;
  return NetworkKind::kPlain;
}

double positions(const Shape& input) {
  if (input.size() == 3) return static_cast<double>(input[1] * input[2]);
  return static_cast<double>(element_count(input));
}

Status check(double value, const char* field, bool required) {
  if (std::isfinite(value) && (required ? value > 0 : value >= 0)) return {};
  return invalid_argument("{} is {}; it must be {} and finite", field, value,
                          required ? "positive" : "0 (not known) or more")
      .at(field);
}

}  // namespace

std::string_view kind_name(NetworkKind kind) { return kKindNames[index(kind)]; }

std::optional<NetworkKind> kind_named(std::string_view name) {
  for (std::size_t kind = 0; kind < kNetworkKinds; ++kind)
    if (kKindNames[kind] == name) return static_cast<NetworkKind>(kind);
  return std::nullopt;
}

double usual_layers(NetworkKind kind) { return kUsualLayers[index(kind)]; }

Traits traits_of(const Network& network) {
  const Census census = take_census(network);
  Traits traits;
  for (LayerId id = 0; id < network.size(); ++id) {
    const Layer& layer = network.layer(id);
    const Work work = layer_work(network, id);
    traits.macs += static_cast<double>(work.macs);
    traits.parameters += static_cast<double>(work.weight_count);
    if (layer.has_weight() || layer.as<op::MatMul>()) traits.activations += static_cast<double>(work.output_count);
    if (const auto* input = layer.as<op::Input>()) traits.input = positions(input->shape);
  }
  // A network that multiplies nothing still has a time: that of its other work.
  traits.macs = std::max(traits.macs, 1.0);
  traits.parameters = std::max(traits.parameters, 1.0);
  traits.activations = std::max(traits.activations, 1.0);
  traits.layers = std::max(census.layers, 1);
  traits.kind = kind_of(census);
  return traits;
}

Result<Traits> complete(const Outline& outline) {
  RS_TRY(check(outline.macs, "macs", true));
  RS_TRY(check(outline.parameters, "parameters", false));
  RS_TRY(check(outline.activations, "activations", false));
  RS_TRY(check(outline.input, "input", false));
  RS_TRY(check(outline.layers, "layers", false));
  Traits traits;
  traits.macs = outline.macs;
  traits.kind = outline.kind;
  traits.detects = outline.detects;
  traits.segments = outline.segments;
  traits.parameters_are_guessed = !(outline.parameters > 0);
  traits.input_is_guessed = !(outline.input > 0);
  traits.layers_are_guessed = !(outline.layers > 0);
  traits.activations_are_guessed = !(outline.activations > 0);
  const bool dense = outline.parameters > 0 && outline.macs <= kMostUsesOfDense * outline.parameters;
  traits.layers = outline.layers > 0 ? outline.layers : dense ? kUsualDenseLayers : usual_layers(traits.kind);
  const double width = dense ? std::max(1.0, std::sqrt(outline.parameters / traits.layers)) : 0;
  traits.input = outline.input > 0 ? outline.input : dense ? width : kUsualInput;
  const double macs = std::log(traits.macs), input = std::log(traits.input);
  traits.parameters = outline.parameters > 0
                          ? outline.parameters
                          : std::exp(kParameterConstants[index(traits.kind)] + 0.779 * macs - 0.605 * input);
  traits.activations = outline.activations > 0 ? outline.activations
                       : dense                 ? width * traits.layers
                                               : std::exp(kActivationConstants[index(traits.kind)] + 0.788 * macs -
                                                          0.256 * std::log(traits.parameters) + 0.144 * input);
  return traits;
}

}  // namespace roofscape::cost
