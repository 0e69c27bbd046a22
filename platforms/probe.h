// Measures this machine's ceilings by micro-benchmark: fp32, int8 and int16 arithmetic of all cores, and the bandwidth
// of each memory level. Every figure says `measured` and how. Takes some seconds.
#pragma once

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::platforms {

struct ProbeOptions {
  std::string id = "host";
  int threads = 0;     // 0: all processors
  double seconds = 4;  // about how long it may take
  const CancelToken* cancel = nullptr;
};
Result<v1::Platform> probe_host(const ProbeOptions& options);

}  // namespace roofscape::platforms
