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

// Of networks that have not been seen, on its platforms that have.
double spread_of_class(const v1::Calibration& calibration, const std::string& id) {
  for (const v1::CalibrationClass& of : calibration.classes())
    for (const v1::CalibrationGrade& grade : of.grades())
      if (of.id() == id && grade.seen() == v1::CalibrationGrade::PLATFORM) return grade.residual_spread();
  return 0;
}

// The platforms of the rows that were given; empty where all of it was learned from them.
std::string own_groups(const v1::Calibration& calibration, const Console& console) {
  Table table({{"platform"},
               {"your rows", Align::kRight},
               {"networks", Align::kRight},
               {"spread near", Align::kRight},
               {"elsewhere", Align::kRight}});
  for (const Scope& scope : calibration.scopes())
    if (scope.has_own())
      table.add({printable(scope.id(), 80), count(scope.own().row_count()), count(scope.own().network_count()),
                 factor(scope.own().network_spread()), factor(scope.residual_spread())});
  if (table.empty()) return "";
  return table.to_text(console) +
         console.paint(Ink::kFaint,
                       "spread: one standard deviation of measured over predicted time, of networks not seen; near: "
                       "of the kind of yours, in their arithmetic, up to twice as large or small\n");
}

// "14 classes, 60 families, 31 runtimes and 187 platforms"
std::string other_groups(const v1::Calibration& calibration) {
  int classes = 0, families = 0, runtimes = 0, platforms = 0;
  for (const Scope& scope : calibration.scopes()) {
    classes += scope.kind() == Scope::CLASS ? 1 : 0;
    families += scope.kind() == Scope::FAMILY ? 1 : 0;
    runtimes += scope.kind() == Scope::RUNTIME ? 1 : 0;
    platforms += scope.kind() == Scope::PLATFORM && !scope.has_own() ? 1 : 0;
  }
  return fmt::format("{} classes, {} families, {} runtimes and {} platforms", classes, families, runtimes, platforms);
}

std::string all_groups(const v1::Calibration& calibration, const Console& console) {
  Table table({{"group"}, {"of"}, {"rows", Align::kRight}, {"networks", Align::kRight}, {"spread", Align::kRight}});
  for (const Scope& scope : calibration.scopes()) {
    if (scope.kind() == Scope::FORMAT) continue;
    const double spread =
        scope.kind() == Scope::CLASS ? spread_of_class(calibration, scope.id()) : scope.residual_spread();
    table.add({kind_text(scope.kind()), printable(scope.id(), 80), count(scope.row_count()),
               count(scope.network_count()), factor(spread)});
  }
  if (table.empty()) return "";
  return table.to_text(console) +
         console.paint(Ink::kFaint,
                       "spread: one standard deviation of measured over predicted time, of networks not seen\n");
}

}  // namespace

std::string calibration_text(const v1::Calibration& calibration, const Console& console) {
  std::string text;
  for (const std::string& source : calibration.sources()) text += printable(source, 200) + "\n";
  if (const std::string own = own_groups(calibration, console); !own.empty())
    return text + "\n" + own +
           fmt::format("beside them, as they ship: {} (--format json shows all)\n", other_groups(calibration));
  const std::string all = all_groups(calibration, console);
  return all.empty() ? text : text + "\n" + all;
}

std::string calibration_line(const v1::PlatformCalibration& calibration) {
  return fmt::format("{} measurements of {}; nine of ten unseen networks take {:.2f} to {:.2f} times the estimate",
                     count(calibration.row_count()), group_text(calibration),
                     std::exp(calibration.low_quantile() * calibration.residual_spread()),
                     std::exp(calibration.high_quantile() * calibration.residual_spread()));
}

}  // namespace roofscape::client
