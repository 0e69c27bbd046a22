#include "server/estimate_platforms.h"

#include <optional>
#include <utility>

#include "analytics/base/text.h"
#include "analytics/engine/workers.h"
#include "server/evaluate.h"
#include "server/names.h"
#include "server/platform_choice.h"
#include "server/wire.h"

namespace roofscape::server {
namespace {

Result<std::vector<std::string>> asked_platforms(Backend& backend, const v1::EstimateOnPlatformsRequest& request) {
  if (!request.estimate().platform().empty())
    return invalid_argument("platforms are named beside the estimate, not in it; leave this one out")
        .at("estimate.platform");
  RS_ASSIGN(const std::vector<std::string> known, backend.platforms.ids());
  return chosen_platforms(std::vector<std::string>(request.platforms().begin(), request.platforms().end()), known);
}

v1::PlatformEstimate answer_on(const v1::Platform& platform, v1::Estimate estimate) {
  v1::PlatformEstimate answer;
  *answer.mutable_estimate() = std::move(estimate);
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
  const bool with_ceilings_only = request.estimate().with_ceilings_only();
  std::vector<std::optional<Result<v1::Estimate>>> priced(platforms.size());
  engine::BatchJob job;
  job.batches = std::ssize(platforms);
  job.cancel = cancel;
  job.make_worker = [&]() -> std::function<Status(std::int64_t)> {
    return [&](std::int64_t i) {
      const auto index = static_cast<std::size_t>(i);
      priced[index] = priced_on(*price, platforms[index], batch, Layers::kLeaveOut, with_ceilings_only);
      return Status();
    };
  };
  RS_TRY(engine::run_batches(backend.engine_options().threads, job));
  v1::EstimateOnPlatformsResponse response;
  for (std::size_t i = 0; i < platforms.size(); ++i) {
    if (priced[i]->ok()) {
      *response.add_estimates() = answer_on(platforms[i], **std::move(priced[i]));
    } else {
      v1::UnpricedPlatform& unpriced = *response.add_unpriced();
      unpriced.set_platform(platforms[i].name());
      unpriced.set_reason(priced[i]->status().message());
    }
  }
  return response;
}

}  // namespace roofscape::server
