#include "server/estimate_platforms.h"

#include <optional>

#include "analytics/base/text.h"
#include "analytics/engine/workers.h"
#include "server/evaluate.h"
#include "server/names.h"
#include "server/platform_choice.h"
#include "server/wire.h"

namespace roofscape::server {
namespace {

v1::EnergyBasis basis_message(cost::EnergyBasis basis) {
  switch (basis) {
    case cost::EnergyBasis::kNone: break;
    case cost::EnergyBasis::kMeasured: return v1::MEASURED_ENERGY;
    case cost::EnergyBasis::kActivityAndStaticPower: return v1::ACTIVITY_AND_STATIC_POWER;
    case cost::EnergyBasis::kActivityAlone: return v1::ACTIVITY_ALONE;
    case cost::EnergyBasis::kPeakPower: return v1::PEAK_POWER_TIMES_TIME;
  }
  return v1::ENERGY_BASIS_UNSPECIFIED;
}

Result<std::vector<std::string>> asked_platforms(Backend& backend, const v1::EstimateOnPlatformsRequest& request) {
  if (!request.estimate().platform().empty())
    return invalid_argument("platforms are named beside the estimate, not in it; leave this one out")
        .at("estimate.platform");
  RS_ASSIGN(const std::vector<std::string> known, backend.platforms.ids());
  return chosen_platforms(std::vector<std::string>(request.platforms().begin(), request.platforms().end()), known);
}

v1::PlatformEstimate answer_on(const v1::Platform& platform, const cost::Estimate& estimate, std::int64_t batch) {
  v1::PlatformEstimate answer;
  *answer.mutable_estimate() = to_message(estimate, platform.id(), batch, Layers::kLeaveOut);
  answer.set_energy_basis(basis_message(estimate.energy_basis));
  answer.set_device_class(platform.device_class());
  answer.set_title(platform.title());
  return answer;
}

}  // namespace

Result<v1::EstimateOnPlatformsResponse> estimate_on_platforms(Backend& backend,
                                                              const v1::EstimateOnPlatformsRequest& request,
                                                              const CancelToken* cancel) {
  RS_ASSIGN(const std::vector<std::string> ids, asked_platforms(backend, request));
  const auto price = price_of(backend, request.estimate(), cancel);
  if (!price.ok()) {
    Status status = price.status();
    std::string path = "estimate" + (status.field().empty() ? "" : "." + status.field());
    return std::move(status).at(std::move(path));
  }
  RS_ASSIGN(const std::int64_t batch, checked_batch(request.estimate().batch()));
  std::vector<v1::Platform> platforms;
  for (const std::string& id : ids) {
    RS_ASSIGN(v1::Platform platform, backend.platforms.get(id));
    platforms.push_back(std::move(platform));
  }
  std::vector<std::optional<Result<cost::Estimate>>> priced(platforms.size());
  engine::BatchJob job;
  job.batches = std::ssize(platforms);
  job.cancel = cancel;
  job.make_worker = [&]() -> std::function<Status(std::int64_t)> {
    return [&](std::int64_t i) {
      priced[static_cast<std::size_t>(i)] = (*price)(platforms[static_cast<std::size_t>(i)]);
      return Status();
    };
  };
  RS_TRY(engine::run_batches(backend.engine_options().threads, job));
  v1::EstimateOnPlatformsResponse response;
  for (std::size_t i = 0; i < platforms.size(); ++i) {
    if (priced[i]->ok()) {
      *response.add_estimates() = answer_on(platforms[i], **priced[i], batch);
    } else {
      v1::UnpricedPlatform& unpriced = *response.add_unpriced();
      unpriced.set_platform(platforms[i].name());
      unpriced.set_reason(priced[i]->status().message());
    }
  }
  return response;
}

}  // namespace roofscape::server
