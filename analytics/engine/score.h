// What one vector of class scores says about one image. All results are integers, so that sums are exact.
#pragma once

#include <cstdint>
#include <span>

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

// Adds one image; label −1 where there is none.
void score_image(std::span<const float> outputs, std::span<const float> reference, std::int64_t label,
                 OutputMeaning meaning, Counts& counts);

}  // namespace roofscape::engine
