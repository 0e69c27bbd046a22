// Prices a network of which only totals are known: multiply-accumulates, perhaps parameters and activations.
//
//   RS_ASSIGN(const UniformFormats int8, parse_formats("int8"));
//   RS_ASSIGN(const Estimate e, estimate_by_totals({.macs = 4.1e9, .parameters = 25.6e6}, int8, platform, 8));
//   e.latency, e.latency_interval, e.roof_times, e.notes          // and no layers
//
//   time ≥ max(operations / peak, bytes through each memory / its bandwidth) + launches
//
// and where the platform has a calibration what that predicts, if it is more. What totals leave open beside layers
// makes the interval wider by a factor that nine of ten networks stay within (kLeftOpen, by_totals.cc). A streaming
// design follows from layers and has no price here.
#pragma once

#include <cstdint>

#include "analytics/cost/estimate.h"
#include "analytics/cost/traits.h"
#include "analytics/cost/uniform_formats.h"

namespace roofscape::cost {

// Which totals were given, beside multiply-accumulates.
enum class Given : std::uint8_t { kMacs, kParameters, kActivations };
Given given_of(const Outline& outline);
// Nine of ten networks take between 1 / so many times and so many times what their totals say, as far as the model that
// sees their layers is right.
double left_open(Given given);

// Fails with kInvalidArgument where a total is none or `batch` is not positive; with kFailedPrecondition where the
// platform has no peak that holds the formats, and where it is a streaming design.
Result<Estimate> estimate_by_totals(const Outline& outline, const UniformFormats& formats, const v1::Platform& platform,
                                    std::int64_t batch);

}  // namespace roofscape::cost
