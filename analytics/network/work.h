// How much work and memory a layer of one image takes: the counts that the cost model prices.
#pragma once

#include <cstdint>
#include <vector>

#include "analytics/network/network.h"

namespace roofscape {

struct Work {
  std::int64_t macs = 0;                // multiply-accumulates with weights or between activations; where weights are
                                        // stored in circulant blocks, those of transforms and spectra if they are fewer
  std::int64_t other_ops = 0;           // comparisons, additions, function evaluations: one an element touched
  std::int64_t weight_count = 0;        // weights and biases
  std::int64_t nonzero_weights = 0;     // of the weights, those that are not 0
  std::int64_t stored_weight_bits = 0;  // exact, as encoded, with scales, zero points, biases and indexes
  std::int64_t input_count = 0;         // elements read from other layers
  std::int64_t output_count = 0;        // elements written

  // One MAC is two operations.
  std::int64_t ops() const { return 2 * macs + other_ops; }
  Work& operator+=(const Work& other);
};

// Work of one layer for one image.
Work layer_work(const Network& network, LayerId id);
// Of the whole network.
Work network_work(const Network& network);

// Whether it multiplies over channels: convolutions, dense and recurrent layers, matrix products.
bool is_matrix(const Layer& layer);
// Activations as fvcore and timm count them: elements that the matrix layers of the network write for one image.
std::int64_t activation_count(const Network& network);

// Of each layer the share of images that need it: all, but for what lies behind an early exit.
std::vector<double> run_shares(const Network& network);

// Multiply-accumulates that one image needs on average: not those of weights that are 0 (unless spectra take their
// place), of inputs that are skipped, and of layers behind an exit for images that leave. What hardware without any
// waste would do; the cost model says what a platform does.
double needed_macs(const Network& network);

// Exact bits of a layer's constants as its storage and arithmetic encode them: counted by the code that packs them
// (packed/packed.h). The storage must be able to hold the weights, as that of a network's layer is.
std::int64_t stored_bits(const Layer& layer);

// Σ over the multiply-accumulates of one image of the bits of both factors (BOPs): 1024 for each in fp32. What an array
// of gates of any width would do; platforms have their own steps.
double bit_operations(const Network& network);

// Bits in which each value of a layer's output is kept between layers: the widest that its readers ask for. A reader
// that quantises asks for its format's width, shared exponents included; one that passes values through unchanged
// (Relu, max pooling, reshaping, concatenation, …) asks for what its own readers ask; any other asks for 32.
std::vector<double> activation_bits(const Network& network);

}  // namespace roofscape
