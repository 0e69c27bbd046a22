// What each choice of a space does to the output of its own layer: signal-to-noise ratio against the base network.
//
// The networks are cut behind the layer and go through a few calibration images as one merged graph a layer, in which
// they share all that lies before it. A choice that changes the shape of that output, or takes the layer away, has no
// such figure.
//
//   RS_ASSIGN(const Sensitivities found, measure_sensitivities(space, {…}));
//   RS_ASSIGN(const auto noise, measure_layer_noise(space, builder, base, found.probes, {…}));   // noise[i]: probes[i]
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analytics/explore/sensitivity.h"

namespace roofscape::explore {

// Images on which it is measured, or all where there are fewer.
inline constexpr std::int64_t kLayerNoiseImages = 32;

// Decibels, by probe: mean over the images, each capped at ±200 dB; of the last of the variable's layers. What is
// known to `store` is not measured again: it keeps each pair of cut networks under a key of its own. Of the options
// only `cancel` counts.
Result<std::vector<std::optional<double>>> measure_layer_noise(const Space& space, CandidateBuilder& builder,
                                                               const Network& base, std::span<const Probe> probes,
                                                               const Dataset& calibration,
                                                               const Preparation& preparation,
                                                               const engine::Engine& engine, ProbeStore& store,
                                                               const SensitivityOptions& options);

}  // namespace roofscape::explore
