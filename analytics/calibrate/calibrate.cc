#include "analytics/calibrate/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "analytics/calibrate/contradictions.h"
#include "analytics/calibrate/fit.h"
#include "analytics/calibrate/grouping.h"
#include "analytics/calibrate/layouts.h"
#include "analytics/calibrate/observation.h"
#include "analytics/calibrate/own_rows.h"
#include "analytics/calibrate/refit.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::calibrate {
namespace {

constexpr std::size_t kMostNamed = 10;

// "mine.csv:3: no platform file has the alias 'abacus'; mine.csv:4: …; and 3 more"
std::string named(const std::vector<Observations::Reason>& reasons) {
  std::string rows;
  for (std::size_t i = 0; i < std::min(reasons.size(), kMostNamed); ++i)
    rows += fmt::format("{}{}:{}: {}", i > 0 ? "; " : "", reasons[i].first->file, reasons[i].first->line,
                        reasons[i].second);
  if (reasons.size() > kMostNamed) rows += fmt::format("; and {} more", reasons.size() - kMostNamed);
  return reasons.empty() ? "there is no row" : rows;
}

// Tables as the rows that a model can be held against; whatever the rows point into lives here too.
class Evidence {
 public:
  static Result<std::unique_ptr<Evidence>> read(std::span<const Table> tables,
                                                std::span<const v1::Platform> platforms) {
    RS_ASSIGN(Readings readings, read_measurements(tables));
    return std::unique_ptr<Evidence>(new Evidence(std::move(readings), platforms));
  }
  std::span<const Observation> rows() const { return observations_.rows; }
  // Fails where a row cannot be right, and names such rows with their reasons.
  Status check() const {
    std::vector<Observations::Reason> wrong = observations_.wrong;
    for (Observations::Reason& reason : contradictions(observations_.rows)) wrong.push_back(std::move(reason));
    if (wrong.empty()) return {};
    return invalid_argument(
        "{} of {} rows cannot be right, and nothing was learned; correct them, or leave them out: {}", wrong.size(),
        readings_.measurements.size(), named(wrong));
  }
  // Fails where no row is left, and says why not.
  Status check_any() const {
    if (!observations_.rows.empty()) return {};
    return failed_precondition("no measurement that the model can be held against: {}", named(observations_.left_out));
  }

  // Gives the calibration its sources and the order that calibration.proto promises.
  void finish(std::span<const Table> tables, v1::Calibration* calibration) const {
    for (const Table& table : tables) {
      int used = 0, left_out = 0, wrong = 0;
      for (const Observation& row : observations_.rows) used += row.measurement->file == table.file() ? 1 : 0;
      for (const auto& [row, reason] : observations_.left_out) left_out += row->file == table.file() ? 1 : 0;
      for (const auto& [row, reason] : observations_.wrong) wrong += row->file == table.file() ? 1 : 0;
      calibration->add_sources(fmt::format("{}: {} rows used, {} left out{}", table.file(), used, left_out,
                                           wrong > 0 ? fmt::format(", {} that cannot be right", wrong) : ""));
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

// What is somebody's own of a fit to nothing else.
void add_own_spreads(std::span<const Observation> rows, Fitted* fitted) {
  for (v1::CalibrationScope& scope : *fitted->calibration.mutable_scopes()) {
    if (scope.kind() != v1::CalibrationScope::PLATFORM) continue;
    std::vector<const Observation*> of_platform;
    std::vector<double> without_network, without_row;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].key.platform != scope.id()) continue;
      of_platform.push_back(&rows[i]);
      without_network.push_back(fitted->unseen[kUnseenNetwork][i].value);
      without_row.push_back(fitted->unseen[kUnseenRow][i].value);
    }
    const Grouping networks = group(of_platform, [](const Observation& row) { return row.network; });
    *scope.mutable_own() =
        own_spread(of_platform, networks.of_row, without_network, without_row, scope.residual_spread());
  }
}

}  // namespace

Result<v1::Calibration> calibrate(std::span<const Table> tables, std::span<const v1::Platform> platforms,
                                  const CancelToken* cancel) {
  RS_ASSIGN(const auto evidence, Evidence::read(tables, platforms));
  RS_TRY(evidence->check_any());
  RS_ASSIGN(Fitted fitted, fit(evidence->rows(), cancel));
  evidence->finish(tables, &fitted.calibration);
  return std::move(fitted.calibration);
}

Result<v1::Calibration> calibrate(std::span<const Table> tables, std::span<const v1::Platform> platforms,
                                  const v1::Calibration& base, const CancelToken* cancel) {
  RS_ASSIGN(const auto evidence, Evidence::read(tables, platforms));
  RS_TRY(evidence->check());
  RS_TRY(evidence->check_any());
  std::vector<Observation> known, fresh;
  for (const Observation& row : evidence->rows())
    (has_class(base, row.key.device_class) ? known : fresh).push_back(row);
  v1::Calibration all = base;
  if (!known.empty() || fresh.empty()) {
    RS_ASSIGN(all, refit(known, base, cancel));
  }
  if (!fresh.empty()) {
    RS_ASSIGN(Fitted fitted, fit(fresh, cancel));
    add_own_spreads(fresh, &fitted);
    all.mutable_classes()->MergeFrom(fitted.calibration.classes());
    all.mutable_scopes()->MergeFrom(fitted.calibration.scopes());
  }
  evidence->finish(tables, &all);
  return all;
}

}  // namespace roofscape::calibrate
