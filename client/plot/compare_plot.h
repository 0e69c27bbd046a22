// The picture of a comparison: for each platform both fronts, or one and the configurations held against it.
//
//   std::string svg = compare_plot(daemon.compare_fronts(request));
//
// The first front has circles and a full line, the second squares and a dashed one, configurations are triangles with
// their names. A hollow mark is dominated by the other side, so that a print without colours tells who wins where.
#pragma once

#include <string>

#include "roofscape/v1/service.pb.h"

namespace roofscape::client::plot {

std::string compare_plot(const v1::CompareFrontsResponse& response);

}  // namespace roofscape::client::plot
