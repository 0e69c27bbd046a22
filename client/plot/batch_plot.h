// The picture of a choice of batch: throughput up, the latency that it costs across, one dot a batch.
//
//   std::string svg = batch_plot({"resnet-50", estimates});
//
// Both axes are logarithmic. A bar through each dot is the 90 % interval of its latency; the dot that is filled is the
// smallest batch that reaches 90 % of the best throughput, which a dashed line marks.
#pragma once

#include <string>

#include "client/report/batch_report.h"

namespace roofscape::client::plot {

std::string batch_plot(const BatchSeries& series);

}  // namespace roofscape::client::plot
