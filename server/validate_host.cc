#include "server/validate_host.h"

#include <vector>

#include "analytics/calibrate/validate.h"
#include "server/host_timing.h"

namespace roofscape::server {
namespace {

constexpr int kUsualRounds = 6, kMostRounds = 100;

Result<HostTimingOptions> read_options(const Backend& backend, const v1::ValidateHostRequest& request) {
  const int workers = backend.engine_options().threads;
  if (request.threads() < 0 || request.threads() > workers)
    return invalid_argument("threads is {}; use 1 to {}, with which this server measures, or 0 for all of them",
                            request.threads(), workers)
        .at("threads");
  if (request.rounds() < 0 || request.rounds() > kMostRounds)
    return invalid_argument("rounds is {}; use 1 to {}, or 0 for {}", request.rounds(), kMostRounds, kUsualRounds)
        .at("rounds");
  HostTimingOptions options;
  options.threads = request.threads() > 0 ? request.threads() : workers;
  options.rounds = request.rounds() > 0 ? request.rounds() : kUsualRounds;
  options.networks.assign(request.networks().begin(), request.networks().end());
  return options;
}

}  // namespace

Result<v1::ValidateHostResponse> validate_host(Backend& backend, const v1::ValidateHostRequest& request,
                                               const std::function<void(v1::ValidateHostResponse)>& progress,
                                               const CancelToken& cancel) {
  RS_ASSIGN(const HostTimingOptions options, read_options(backend, request));
  std::int64_t all = 0;
  HostTimingWatch watch{&backend.turns, &cancel, [&](const char* doing, std::int64_t done, std::int64_t total) {
                          v1::ValidateHostResponse now;
                          now.set_doing(doing);
                          now.set_timings_done(done);
                          now.set_timings_total(all = total);
                          progress(std::move(now));
                        }};
  HostTiming timing(options);
  RS_TRY(timing.run(watch));
  const v1::MeasurementFile& file = timing.measurements();
  std::vector<calibrate::Table> tables;
  RS_ASSIGN(calibrate::Table table, calibrate::Table::parse(file.contents(), file.name()));
  tables.push_back(std::move(table));
  v1::ValidateHostResponse last;
  RS_ASSIGN(*last.mutable_validation(), calibrate::validate(tables, timing.platforms(), &cancel));
  last.set_timings_done(all);
  last.set_timings_total(all);
  *last.mutable_measurements() = file;
  for (const v1::Platform& platform : timing.platforms()) *last.add_platforms() = platform;
  return last;
}

}  // namespace roofscape::server
