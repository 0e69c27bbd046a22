// The layers of an estimate as dots of a roofline.
//
//   for (const LayerDot& dot : dots_of(estimate)) mark.draw(svg, place(dot), radius_of(dot.share), "layer",
//   tip_of(dot));
#pragma once

#include <string>
#include <vector>

#include "roofscape/v1/estimate.pb.h"

namespace roofscape::client::plot {

struct LayerDot {
  const v1::LayerEstimate* layer = nullptr;  // points into the estimate
  double intensity = 0;                      // operations a byte
  double rate = 0;                           // operations a second
  double share = 0;                          // of the network's time, 0 to 1
};

// Those with operations, bytes and time, the largest share first, so that small dots are drawn on top. Where layers run
// side by side (a streaming design), shares add up to more than 1.
std::vector<LayerDot> dots_of(const v1::Estimate& estimate);

// In pixels: areas are as shares, down to about 1.5 %, below which a dot would be hard to see.
double radius_of(double share);

// "conv1 (Conv): 12.3 op/B, 4.20 Gop/s, 12 % of the time, runs as int8 x int8, bound by memory DRAM"
std::string tip_of(const LayerDot& dot);

}  // namespace roofscape::client::plot
