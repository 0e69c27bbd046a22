// Builds the network that a recipe stands for: the same network wherever it is asked for, by an evaluation, an export,
// a check or an estimate.
//
//   RS_ASSIGN(Network network, build_candidate(backend, model, choice, recipe, seed, cancel));
#pragma once

#include <cstdint>
#include <memory>

#include "analytics/approx/method.h"
#include "analytics/base/cancel.h"
#include "server/backend.h"
#include "server/data_choice.h"
#include "server/rules.h"

namespace roofscape::server {

// Seed of the methods where no exploration gives one.
inline constexpr std::uint64_t kEvaluationSeed = 1;

// Statistics of the model on the choice's calibration images, with what is needed beyond them, measured once and kept.
Result<std::shared_ptr<const Calibration>> calibration_of(Backend& backend, const StoredModel& model,
                                                          const approx::CalibrationNeeds& needs,
                                                          const DataChoice& choice, const CancelToken* cancel);

// An empty recipe gives the base network without calibrating anything.
Result<Network> build_candidate(Backend& backend, const StoredModel& model, const DataChoice& choice,
                                const approx::Recipe& recipe, std::uint64_t seed, const CancelToken* cancel);

// The network of a configuration. How many images leave a cascade early is counted on the calibration images.
Result<Network> build_configured(Backend& backend, const StoredModel& model, const DataChoice& choice,
                                 const Configured& configured, const CancelToken* cancel);
// The same without data, with assumed ranges, on which no cost depends. A cascade has no such price: fails.
Result<Network> build_assumed(const Network& base, const Configured& configured);

}  // namespace roofscape::server
