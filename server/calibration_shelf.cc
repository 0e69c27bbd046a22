#include "server/calibration_shelf.h"

#include <spdlog/spdlog.h>

#include "analytics/cost/calibration.h"
#include "platforms/calibration.h"

namespace roofscape::server {
namespace {

constexpr std::string_view kRow = "user";

// Whether this version can add its groups up.
Status check_usable(const v1::Calibration& calibration) {
  for (const v1::CalibrationClass& of : calibration.classes())
    RS_TRY(cost::resolve(calibration, {of.id(), "", "", ""}).status());
  return {};
}

}  // namespace

Result<const v1::Calibration*> CalibrationShelf::built_in() {
  static const Status kUsable = check_usable(platforms::built_in_calibration());
  if (kUsable.ok()) return &platforms::built_in_calibration();
  return failed_precondition("the calibration that ships with this version cannot be built on: {}", kUsable.message());
}

Result<std::shared_ptr<const v1::Calibration>> CalibrationShelf::load() {
  auto stored = store_.get_calibration(kRow);
  if (stored.ok()) {
    const Status usable = check_usable(*stored);
    if (usable.ok()) return std::make_shared<const v1::Calibration>(std::move(*stored));
    spdlog::warn("the stored calibration is passed over: {}", usable.message());
  } else if (stored.status().code() != Code::kNotFound) {
    return stored.status();
  }
  const auto shipped = built_in();
  if (shipped.ok()) return std::make_shared<const v1::Calibration>(**shipped);
  spdlog::warn("estimates go without calibration: {}", shipped.status().message());
  return std::make_shared<const v1::Calibration>();
}

Result<std::shared_ptr<const v1::Calibration>> CalibrationShelf::current() {
  const std::lock_guard lock(mutex_);
  if (!current_) {
    RS_ASSIGN(current_, load());
  }
  return current_;
}

Status CalibrationShelf::put(v1::Calibration calibration) {
  RS_TRY(check_usable(calibration));
  calibration.set_built_in(false);
  const std::lock_guard lock(mutex_);
  RS_TRY(store_.put_calibration(kRow, calibration));
  current_ = std::make_shared<const v1::Calibration>(std::move(calibration));
  return {};
}

Status CalibrationShelf::remove() {
  const std::lock_guard lock(mutex_);
  const Status removed = store_.delete_calibration(kRow);
  if (removed.code() == Code::kNotFound)
    return not_found("no calibration of your own is stored; the one that ships is in force");
  if (removed.ok()) current_.reset();
  return removed;
}

Status CalibrationShelf::attach(v1::Platform* platform) {
  RS_ASSIGN(const auto calibration, current());
  const cost::CalibrationKey key = cost::calibration_key(*platform);
  RS_ASSIGN(auto of_time, cost::resolve(*calibration, key));
  RS_ASSIGN(auto of_energy, cost::resolve(*calibration, cost::energy_key(key)));
  platform->clear_calibration();
  platform->clear_energy_calibration();
  if (of_time) *platform->mutable_calibration() = std::move(*of_time);
  if (of_energy) *platform->mutable_energy_calibration() = std::move(*of_energy);
  return {};
}

}  // namespace roofscape::server
