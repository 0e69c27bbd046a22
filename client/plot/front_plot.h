// The picture of a job's outcome: for each platform, what was measured against what it costs.
//
//   std::string svg = front_plot({.fronts = fronts, .seen = evaluations, .exploration = exploration});
//
// Everything measured is faint; the points listed of the front stand out, coloured by the bytes of their weights, with
// the 95 % interval of their accuracy; those not listed are small dots; a ring marks the recommended one; a stair joins
// those that are best in the two metrics shown; the base network is a diamond; constraints are dashed lines, and what
// they forbid is shaded.
#pragma once

#include <string>

#include "roofscape/v1/service.pb.h"

namespace roofscape::client::plot {

struct FrontPicture {
  v1::GetParetoFrontResponse fronts;
  v1::ListEvaluationsResponse seen;  // all that was measured; may be empty
  v1::Exploration exploration;       // for its constraints and names
};
std::string front_plot(const FrontPicture& picture);

}  // namespace roofscape::client::plot
