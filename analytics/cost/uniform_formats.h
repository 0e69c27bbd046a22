// A network as if all of it were computed in one pair of number formats: what it costs there, whatever its weights are.
//
//   RS_ASSIGN(const UniformFormats int8, parse_formats("int8"));            // or "int4 x int8": weights x activations
//   RS_ASSIGN(const Network network, with_formats(resnet, int8));
//   RS_ASSIGN(const Estimate e, estimate(network, platform));
//
// Weights of convolutions, dense and recurrent layers are in the first format; every layer reads its inputs in the
// second, so that values are kept in it. Stored are the weights in that format, an fp32 scale for each output channel
// where they are integers (one in all for others, none in blocks) and biases in fp32, as docs/storage.md has it. What
// the network had of formats and storage of its own is gone. No weight is looked at and none lies on its grid
// afterwards: the result is for pricing alone.
#pragma once

#include <string_view>

#include "analytics/arith/number_format.h"
#include "analytics/network/network.h"

namespace roofscape::cost {

struct UniformFormats {
  NumberFormat weight, activation;
};

// "int8" for both, or "int4 x int8"; formats as NumberFormat::parse reads them.
Result<UniformFormats> parse_formats(std::string_view text);

// Fails where a format cannot be that of a layer's weights or inputs, naming the layer.
Result<Network> with_formats(const Network& network, const UniformFormats& formats);

}  // namespace roofscape::cost
