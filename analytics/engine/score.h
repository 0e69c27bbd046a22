// What one vector of class scores says about one image. All results are integers, so that sums are exact.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analytics/engine/engine.h"

namespace roofscape::engine {

// How a network's outputs are to be read, for the loss.
enum class OutputMeaning : std::uint8_t {
  kLogits,
  kProbabilities,     // it ends in Softmax
  kLogProbabilities,  // it ends in LogSoftmax
};
// Looks through layers that only reshape, and at the late scores of an early exit.
OutputMeaning output_meaning(const Network& network);

// Index of the largest output; NaN is less than everything, the lowest index wins a tie.
std::int64_t largest_index(std::span<const float> outputs);
// How many classes stand before `label` in that order.
std::int64_t rank_of(std::span<const float> outputs, std::int64_t label);
// Cross entropy in units of 2^-20 nats, capped at 2^10 nats; what cannot be computed counts as the cap.
std::int64_t loss_fixed(std::span<const float> outputs, std::int64_t label, OutputMeaning meaning);
// Signal-to-noise ratio against the reference's outputs in units of 2^-20 dB, capped at ±200 dB.
std::int64_t snr_fixed(std::span<const float> outputs, std::span<const float> reference);

// Logarithms of the class probabilities that the outputs stand for.
std::vector<double> log_probabilities(std::span<const float> outputs, OutputMeaning meaning);
// Σ p·(log p − log q) of the reference's probabilities p and the network's q, given as logarithms, in units of 2^-20
// nats, capped at 2^10 nats; what cannot be computed counts as the cap.
std::int64_t divergence_fixed(std::span<const double> network, std::span<const double> reference);

// What is compared with every other network's outputs for the same image.
struct ReferenceScore {
  std::vector<float> outputs;
  std::vector<double> log_probabilities;
  std::int64_t largest = 0;

  static ReferenceScore of(std::span<const float> outputs, OutputMeaning meaning);
};

// Adds one image; label −1 where there is none.
void score_image(std::span<const float> outputs, const ReferenceScore& reference, std::int64_t label,
                 OutputMeaning meaning, Counts& counts);

}  // namespace roofscape::engine
