// Platforms as tables and CSV; every figure with where it was found.
#pragma once

#include <string>

#include "client/console/console.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

std::string platforms_table(const v1::ListPlatformsResponse& platforms, const Console& console);
std::string platforms_csv(const v1::ListPlatformsResponse& platforms);
std::string platform_text(const v1::Platform& platform, const Console& console);
// "cpu", "gpu", "fpga", "asic".
std::string device_class_text(v1::DeviceClass device_class);

}  // namespace roofscape::client
