// Rooflines without a picture: for each platform its roofs, and where each layer stands under them.
//
//   console.out << roofline_text(picture, console);
#pragma once

#include <google/protobuf/struct.pb.h>

#include <string>

#include "client/console/console.h"
#include "client/plot/roofline_plot.h"

namespace roofscape::client {

// Tables, one platform after the other.
std::string roofline_text(const plot::RooflinePicture& picture, const Console& console);

// The same for programs, in base units: {"model", "platforms": [{"platform", "roofs": [{"name", "ops_per_second"} or
// {"name", "bytes_per_second"}], "fp32": [layer …], "approximated": [layer …]}]}; what is not known is left out.
google::protobuf::Struct roofline_json(const plot::RooflinePicture& picture);

}  // namespace roofscape::client
