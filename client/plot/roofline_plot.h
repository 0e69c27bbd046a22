// The roofline of a network on platforms: what the hardware can do, and where each layer stands under its roofs.
//
//   std::string svg = roofline_plot({.model = "lenet5", .panels = {{platform, fp32, int8}}});
//
// Both axes are logarithmic. Slopes are memories, flat lines are arithmetics; a dot is a layer, its area the share of
// time that it takes. With a configuration, fp32 is drawn behind the approximated network.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "roofscape/v1/estimate.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::client::plot {

struct RooflinePanel {
  v1::Platform platform;
  v1::Estimate fp32;                         // of the base network
  std::optional<v1::Estimate> approximated;  // with the configuration
};
struct RooflinePicture {
  std::string model;          // its id, for the title
  std::string configuration;  // the file's name; empty: none
  std::vector<RooflinePanel> panels;
};
std::string roofline_plot(const RooflinePicture& picture);

}  // namespace roofscape::client::plot
