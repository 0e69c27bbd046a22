// The roofline of a network on platforms: what the hardware can do, and where each layer stands under its roofs.
//
//   std::string svg = roofline_plot({.model = "lenet5", .series = {{platform, fp32, int8}}});
//
// One chart for all platforms, both axes logarithmic. A slope is a memory, a flat line an arithmetic, a dot a layer,
// its area the share of the platform's time that it takes. With a configuration, hollow dots are fp32, and thin lines
// lead from there to where the approximated layers stand. Platforms differ in colour, dashes and shape.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/plot/roofs.h"
#include "roofscape/v1/estimate.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::client::plot {

struct RooflineSeries {
  v1::Platform platform;
  v1::Estimate fp32;                         // of the base network; empty where the platform has no place for it
  std::optional<v1::Estimate> approximated;  // with the configuration
};
struct RooflinePicture {
  std::string model;          // its id, for the title
  std::string configuration;  // the file's name or the format; empty: none
  std::vector<RooflineSeries> series;
  bool ceilings_only = false;  // the estimates are without what measurements say
};
std::string roofline_plot(const RooflinePicture& picture);

// "fp32 33.6 µs, the approximated network 11.4 µs (2.94× faster), batch 8", or that the platform has no place for one
// of them.
std::string times_of(const RooflineSeries& series);
// Those of the platform that the two networks make use of.
Roofs roofs_of(const RooflineSeries& series);
// The platform's name for people.
std::string title_of(const v1::Platform& platform);

}  // namespace roofscape::client::plot
