// What one sees of a network from afar: the few numbers on which it depends how near hardware comes to its ceilings.
//
//   Traits of_structure = traits_of(network);                    // counted layer by layer
//   Traits of_totals = complete({.macs = 4.1e9, .parameters = 25.6e6});   // the rest as is usual for such networks
//
// What `complete` fills in are regressions of logarithms over published counts: activations over 167 networks of timm's
// benchmark tables (residual 0.34, so within a factor of 1.8 nine times of ten), parameters over 496 networks of
// published measurements (0.69). A network that uses each weight about once is taken as dense layers of one width.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "analytics/base/status.h"
#include "analytics/network/network.h"

namespace roofscape::cost {

enum class NetworkKind : std::uint8_t {
  kPlain,        // dense convolutions or dense layers
  kSeparable,    // depthwise convolutions beside 1 × 1 ones
  kGrouped,      // grouped convolutions
  kConcat,       // dense connections: most layers read many before them
  kHybrid,       // convolutions beside attention, or blocks after the manner of transformers
  kTransformer,  // attention over patches of images
  kText,         // attention and no convolution at all
};
inline constexpr std::size_t kNetworkKinds = 7;

// "plain", "separable", "grouped", "concat", "hybrid", "transformer", "text"
std::string_view kind_name(NetworkKind kind);
std::optional<NetworkKind> kind_named(std::string_view name);

struct Traits {
  double macs = 0;         // multiply-accumulates for one image
  double parameters = 0;   // weights and biases
  double activations = 0;  // elements that convolutions, dense layers and matrix products write for one image
  double input = 0;        // positions of the input: height × width; of what is no image, its elements
  double layers = 0;       // convolutions, dense and recurrent layers, matrix products
  NetworkKind kind = NetworkKind::kPlain;
  bool detects = false, segments = false;  // boxes or masks, whose making from the last layer costs the host
  // As is usual for such networks.
  bool parameters_are_guessed = false, input_is_guessed = false, layers_are_guessed = false,
       activations_are_guessed = false;

  // Whether each weight is used about once, as in perceptrons and recurrent networks.
  bool is_dense() const { return macs <= 1.5 * parameters; }
};

// What somebody may know of a network without having it; 0: not known.
struct Outline {
  double macs = 0, parameters = 0, activations = 0, input = 0, layers = 0;
  NetworkKind kind = NetworkKind::kPlain;
  bool detects = false, segments = false;
};

Traits traits_of(const Network& network);
// Fails with kInvalidArgument when `macs` is not positive or another number is negative or not finite.
Result<Traits> complete(const Outline& outline);
// Layers that networks of the kind usually have.
double usual_layers(NetworkKind kind);

}  // namespace roofscape::cost
