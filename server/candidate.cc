#include "server/candidate.h"

#include "analytics/approx/cascade.h"
#include "analytics/engine/calibrate.h"
#include "analytics/engine/exit_shares.h"
#include "analytics/explore/assumed_calibration.h"

namespace roofscape::server {
namespace {

std::int64_t memory_of(const Calibration& calibration) {
  std::int64_t bytes = 0;
  for (const auto& [layer, statistics] : calibration.values)
    bytes +=
        static_cast<std::int64_t>(sizeof *statistics + statistics->histogram.bins().size() * sizeof(std::uint64_t) +
                                  statistics->channel_mean.size() * 2 * sizeof(double) + layer.size() + 128);
  for (const auto* moments : {&calibration.moments, &calibration.state_moments})
    for (const auto& [layer, sums] : *moments)
      bytes +=
          static_cast<std::int64_t>((sums->sums.size() + sums->totals.size()) * sizeof(double) + layer.size() + 128);
  for (const auto& [layer, features] : calibration.exit_features)
    bytes += static_cast<std::int64_t>(features->values.size() * sizeof(float) + layer.size() + 128);
  return bytes;
}

}  // namespace

Result<std::shared_ptr<const Calibration>> calibration_of(Backend& backend, const StoredModel& model,
                                                          const approx::CalibrationNeeds& needs,
                                                          const DataChoice& choice, const CancelToken* cancel) {
  RS_CHECK(choice.calibration != nullptr);
  Hasher hasher("calibration/1");
  hasher.add(model.network().key()).add(choice.calibration_key);
  // Statistics are kept by layer name, which the network's key leaves out.
  hasher.add(model.info.content_sha256()).add(needs.moments).add(needs.exit_features);
  model.preparation.hash_into(hasher);
  return backend.calibrations.get(hasher.finish(), [&]() -> Result<Sized<Calibration>> {
    RS_ASSIGN(Calibration calibration,
              engine::calibrate(model.network(), *choice.calibration, model.preparation, backend.engine_options(),
                                cancel, {.second_moments = needs.moments, .exit_features = needs.exit_features}));
    const std::int64_t bytes = memory_of(calibration);
    return Sized<Calibration>{std::make_shared<const Calibration>(std::move(calibration)), bytes};
  });
}

Result<Network> build_candidate(Backend& backend, const StoredModel& model, const DataChoice& choice,
                                const approx::Recipe& recipe, std::uint64_t seed, const CancelToken* cancel) {
  if (recipe.empty()) return model.network();
  RS_ASSIGN(const auto calibration, calibration_of(backend, model, approx::needs_of(recipe), choice, cancel));
  RS_ASSIGN(approx::Draft draft, approx::apply_recipe({model.network(), *calibration}, recipe, seed));
  return std::move(draft.network);
}

Result<Network> build_configured(Backend& backend, const StoredModel& model, const DataChoice& choice,
                                 const Configured& configured, const CancelToken* cancel) {
  RS_ASSIGN(Network large, build_candidate(backend, model, choice, configured.recipe, kEvaluationSeed, cancel));
  if (!configured.first) return large;
  RS_ASSIGN(const Network small,
            build_candidate(backend, model, choice, configured.first->recipe, kEvaluationSeed, cancel));
  approx::ExitOptions options{.confidence = static_cast<float>(configured.first->confidence)};
  RS_ASSIGN(const Network uncounted, approx::cascade(small, large, options));
  RS_CHECK(choice.calibration != nullptr);
  RS_ASSIGN(const auto exits,
            engine::exit_shares(uncounted, *choice.calibration, model.preparation, backend.engine_options(), cancel));
  options.leaving = exits.back().share();
  return approx::cascade(small, large, options);
}

Result<Network> build_assumed(const Network& base, const Configured& configured) {
  if (configured.first)
    return failed_precondition(
               "what a cascade costs depends on the share of images that stay with its first network; "
               "name a data set on which it can be counted")
        .at("dataset");
  if (configured.recipe.empty()) return base;
  RS_ASSIGN(
      approx::Draft draft,
      approx::apply_recipe({base, explore::assumed_calibration(base, approx::needs_of(configured.recipe).moments)},
                           configured.recipe, kEvaluationSeed));
  return std::move(draft.network);
}

}  // namespace roofscape::server
