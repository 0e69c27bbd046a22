// For tests of this room: a few platforms, and measurements on them that follow a law.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <vector>

#include "roofscape/v1/platform.pb.h"

namespace roofscape::calibrate::testing {

inline v1::Platform processor(const std::string& id, const std::string& family, double ops_per_second) {
  v1::Platform platform;
  platform.set_id(id);
  platform.set_device_class(v1::CPU);
  platform.set_family(family);
  v1::ComputeCeiling* ceiling = platform.add_compute();
  ceiling->set_weight("fp32");
  ceiling->mutable_ops_per_second()->set_value(ops_per_second);
  v1::MemoryLevel* memory = platform.add_memory();
  memory->set_name("DRAM");
  memory->mutable_bandwidth_bytes_per_second()->set_value(1e10);
  return platform;
}

// Two of the family "small", one of the family "large".
inline std::vector<v1::Platform> processors() {
  return {processor("small-1", "small", 1e10), processor("small-2", "small", 2e10),
          processor("large-1", "large", 1e11)};
}

// 14 networks on each processor in milliseconds: `slowdown` times what the ceiling takes.
inline std::string measurements(double slowdown) {
  std::string csv = "platform,network,precision,batch,metric,value,unit,gmacs,params_m\n";
  for (const v1::Platform& platform : processors())
    for (int i = 0; i < 14; ++i) {
      const double gmacs = 0.05 * std::pow(1.4, i);
      const double seconds = 2e9 * gmacs / platform.compute(0).ops_per_second().value() * slowdown;
      csv +=
          fmt::format("{},net{},FP32,1,latency,{:.9g},ms,{:.9g},{}\n", platform.id(), i, seconds * 1e3, gmacs, 5 + i);
    }
  return csv;
}

}  // namespace roofscape::calibrate::testing
