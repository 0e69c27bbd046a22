#include "server/backend.h"

#include <algorithm>
#include <thread>

namespace roofscape::server {
namespace {

constexpr std::int64_t kCalibrationCacheBytes = std::int64_t{64} << 20;

}  // namespace

Backend::Backend(const Settings& given, std::unique_ptr<db::Store> opened)
    : settings(given),
      store(std::move(opened)),
      models(*store, given.model_cache_bytes, given.model_bytes),
      datasets(*store, given.dataset_cache_bytes, given.dataset_bytes),
      calibration(*store),
      platforms(*store, calibration),
      calibrations(kCalibrationCacheBytes),
      turns(std::chrono::milliseconds(given.turn_milliseconds)) {}

engine::EngineOptions Backend::engine_options() const {
  engine::EngineOptions options;
  options.threads = settings.workers > 0 ? static_cast<int>(settings.workers)
                                         : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return options;
}

}  // namespace roofscape::server
