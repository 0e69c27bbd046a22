#include "client/report/calibration_report.h"

#include <fmt/format.h>

#include <cmath>

#include "analytics/base/text.h"
#include "client/console/quantity.h"
#include "client/console/table.h"

namespace roofscape::client {
namespace {

using Scope = v1::CalibrationScope;

std::string kind_text(Scope::Kind kind) {
  switch (kind) {
    case Scope::CLASS: return "class";
    case Scope::FAMILY: return "family";
    case Scope::RUNTIME: return "runtime";
    case Scope::PLATFORM: return "platform";
    case Scope::FORMAT: return "format";
    default: return "";
  }
}

// A spread of logarithms as a factor: "×1.28".
std::string factor(double spread) { return spread > 0 ? fmt::format("×{:.2f}", std::exp(spread)) : std::string(kDash); }

std::string group_text(const v1::PlatformCalibration& calibration) {
  const std::string group = printable(calibration.group(), 63);
  switch (calibration.seen()) {
    case v1::CalibrationGrade::PLATFORM: return "this platform";
    case v1::CalibrationGrade::FAMILY: return fmt::format("others of the family '{}'", group);
    default: return fmt::format("other families of the class '{}'", group);
  }
}

}  // namespace

std::string calibration_text(const v1::Calibration& calibration, const Console& console) {
  std::string text;
  for (const std::string& source : calibration.sources()) text += printable(source, 200) + "\n";
  Table table({{"group"}, {"of"}, {"rows", Align::kRight}, {"networks", Align::kRight}, {"spread", Align::kRight}});
  for (const Scope& scope : calibration.scopes()) {
    if (scope.kind() == Scope::FORMAT) continue;
    double spread = scope.residual_spread();
    for (const v1::CalibrationClass& of : calibration.classes())
      for (const v1::CalibrationGrade& grade : of.grades())
        if (scope.kind() == Scope::CLASS && of.id() == scope.id() && grade.seen() == v1::CalibrationGrade::PLATFORM)
          spread = grade.residual_spread();
    table.add({kind_text(scope.kind()), printable(scope.id(), 80), count(scope.row_count()),
               count(scope.network_count()), factor(spread)});
  }
  if (table.empty()) return text;
  return text + "\n" + table.to_text(console) +
         console.paint(Ink::kFaint,
                       "spread: one standard deviation of measured over predicted time, of networks not seen\n");
}

std::string calibration_line(const v1::PlatformCalibration& calibration) {
  return fmt::format("{} measurements of {}; nine of ten unseen networks take {:.2f} to {:.2f} times the estimate",
                     count(calibration.row_count()), group_text(calibration),
                     std::exp(calibration.low_quantile() * calibration.residual_spread()),
                     std::exp(calibration.high_quantile() * calibration.residual_spread()));
}

}  // namespace roofscape::client
