#include "server/calibrate.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "analytics/base/text.h"
#include "analytics/calibrate/calibrate.h"
#include "analytics/calibrate/validate.h"

namespace roofscape::server {
namespace {

using Files = google::protobuf::RepeatedPtrField<v1::MeasurementFile>;

constexpr int kMostFiles = 64;

Result<std::vector<calibrate::Table>> read_tables(const Files& files) {
  if (files.empty()) return invalid_argument("there is no file of measurements; give at least one").at("files");
  if (files.size() > kMostFiles)
    return invalid_argument("there are {} files of measurements; give at most {}", files.size(), kMostFiles)
        .at("files");
  std::vector<calibrate::Table> tables;
  std::set<std::string> names;
  for (int i = 0; i < files.size(); ++i) {
    const std::string field = fmt::format("files[{}]", i);
    if (files[i].name().empty()) return invalid_argument("a file has no name, which messages need").at(field);
    if (!names.insert(files[i].name()).second)
      return invalid_argument("two files are called '{}'; give each a name of its own", printable(files[i].name()))
          .at(field);
    auto table = calibrate::Table::parse(files[i].contents(), files[i].name());
    if (!table.ok()) return table.status().at(field);
    tables.push_back(std::move(*table));
  }
  return tables;
}

}  // namespace

Result<v1::Validation> validate_measurements(Backend& backend, const v1::ValidateMeasurementsRequest& request,
                                             const CancelToken* cancel) {
  RS_ASSIGN(const auto tables, read_tables(request.files()));
  RS_ASSIGN(const auto platforms, backend.platforms.list());
  RS_ASSIGN(const v1::Calibration* built_in, CalibrationShelf::built_in());
  const bool seen = std::any_of(tables.begin(), tables.end(), [&](const calibrate::Table& table) {
    return calibrate::has_seen(*built_in, table.file());
  });
  if (!seen && !built_in->classes().empty()) return calibrate::validate(tables, platforms, *built_in);
  return calibrate::validate(tables, platforms, cancel);
}

Result<v1::Calibration> calibrate_platforms(Backend& backend, const v1::CalibratePlatformsRequest& request,
                                            const CancelToken* cancel) {
  RS_ASSIGN(const auto tables, read_tables(request.files()));
  RS_ASSIGN(const auto platforms, backend.platforms.list());
  v1::Calibration calibration;
  if (request.from_scratch()) {
    RS_ASSIGN(calibration, calibrate::calibrate(tables, platforms, cancel));
  } else {
    RS_ASSIGN(const v1::Calibration* base, CalibrationShelf::built_in());
    RS_ASSIGN(calibration, calibrate::calibrate(tables, platforms, *base, cancel));
  }
  calibration.set_built_in(false);
  if (!request.store()) return calibration;
  if (cancel != nullptr && cancel->cancelled()) return cancelled("the call was cancelled; nothing was stored");
  RS_TRY(backend.calibration.put(calibration));
  return calibration;
}

}  // namespace roofscape::server
