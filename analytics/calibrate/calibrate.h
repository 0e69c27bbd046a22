// From files of measurements to what is kept of them.
//
//   RS_ASSIGN(const v1::Calibration all, calibrate(tables, platforms));          // everything from these files
//   RS_ASSIGN(const v1::Calibration mine, calibrate(tables, platforms, base));   // on top of another calibration
//
// On top of another, rows say how far their platforms, each and in each format, are from what the other predicts
// (refit.h); classes, families and runtimes stay as they were. A class of hardware of which the other says nothing is
// learned from these files alone. Rows that cannot be right (roof_check.h, well_known.h, numbers that are none) are
// refused, all of them named: whoever gives a few rows of his own can look at them. Where everything is learned, from
// thousands of rows that others have published, they are counted in `sources`; those above a roof by less than twice
// are learned from, since what they say of the ceiling is no less true, and the others are left out.
#pragma once

#include <span>

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "analytics/calibrate/table.h"
#include "roofscape/v1/calibration.pb.h"

namespace roofscape::v1 {
class Platform;
}

namespace roofscape::calibrate {

// Both fail as fit() does, the second also with kInvalidArgument where a row cannot be right. Scopes are sorted by kind
// and id, and `sources` names each file with its rows.
Result<v1::Calibration> calibrate(std::span<const Table> tables, std::span<const v1::Platform> platforms,
                                  const CancelToken* cancel = nullptr);
Result<v1::Calibration> calibrate(std::span<const Table> tables, std::span<const v1::Platform> platforms,
                                  const v1::Calibration& base, const CancelToken* cancel = nullptr);

}  // namespace roofscape::calibrate
