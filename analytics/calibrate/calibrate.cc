#include "analytics/calibrate/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <tuple>

#include "analytics/calibrate/fit.h"
#include "analytics/calibrate/layouts.h"
#include "analytics/calibrate/observation.h"
#include "analytics/calibrate/refit.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::calibrate {
namespace {

// Tables as the rows that a model can be held against; whatever the rows point into lives here too.
class Evidence {
 public:
  static Result<std::unique_ptr<Evidence>> read(std::span<const Table> tables,
                                                std::span<const v1::Platform> platforms) {
    RS_ASSIGN(Readings readings, read_measurements(tables));
    return std::unique_ptr<Evidence>(new Evidence(std::move(readings), platforms));
  }
  std::span<const Observation> rows() const { return observations_.rows; }

  // Gives the calibration its sources and the order that calibration.proto promises.
  void finish(std::span<const Table> tables, v1::Calibration* calibration) const {
    for (const Table& table : tables) {
      int used = 0, left_out = 0;
      for (const Observation& row : observations_.rows) used += row.measurement->file == table.file() ? 1 : 0;
      for (const auto& [row, reason] : observations_.left_out) left_out += row->file == table.file() ? 1 : 0;
      calibration->add_sources(fmt::format("{}: {} rows used, {} left out", table.file(), used, left_out));
    }
    auto& scopes = *calibration->mutable_scopes();
    std::sort(scopes.begin(), scopes.end(), [](const v1::CalibrationScope& a, const v1::CalibrationScope& b) {
      return std::forward_as_tuple(a.kind(), a.id()) < std::forward_as_tuple(b.kind(), b.id());
    });
  }

 private:
  Evidence(Readings readings, std::span<const v1::Platform> platforms)
      : readings_(std::move(readings)), index_(platforms), observations_(observe(readings_.measurements, index_)) {}

  Readings readings_;
  PlatformIndex index_;
  Observations observations_;
};

bool has_class(const v1::Calibration& calibration, const std::string& id) {
  return std::any_of(calibration.classes().begin(), calibration.classes().end(),
                     [&](const v1::CalibrationClass& of) { return of.id() == id; });
}

}  // namespace

Result<v1::Calibration> calibrate(std::span<const Table> tables, std::span<const v1::Platform> platforms,
                                  const CancelToken* cancel) {
  RS_ASSIGN(const auto evidence, Evidence::read(tables, platforms));
  RS_ASSIGN(Fitted fitted, fit(evidence->rows(), cancel));
  evidence->finish(tables, &fitted.calibration);
  return std::move(fitted.calibration);
}

Result<v1::Calibration> calibrate(std::span<const Table> tables, std::span<const v1::Platform> platforms,
                                  const v1::Calibration& base, const CancelToken* cancel) {
  RS_ASSIGN(const auto evidence, Evidence::read(tables, platforms));
  std::vector<Observation> known, fresh;
  for (const Observation& row : evidence->rows())
    (has_class(base, row.key.device_class) ? known : fresh).push_back(row);
  v1::Calibration all = base;
  if (!known.empty() || fresh.empty()) {
    RS_ASSIGN(all, refit(known, base, cancel));
  }
  if (!fresh.empty()) {
    RS_ASSIGN(const Fitted fitted, fit(fresh, cancel));
    all.mutable_classes()->MergeFrom(fitted.calibration.classes());
    all.mutable_scopes()->MergeFrom(fitted.calibration.scopes());
  }
  evidence->finish(tables, &all);
  return all;
}

}  // namespace roofscape::calibrate
