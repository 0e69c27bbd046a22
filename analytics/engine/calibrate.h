// Streams calibration images through a network in fp32 and keeps statistics of every value, never the values.
#pragma once

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "analytics/engine/engine.h"
#include "analytics/network/dataset.h"
#include "analytics/network/network.h"
#include "analytics/network/statistics.h"

namespace roofscape::engine {

struct CalibrateOptions {
  // Whether second moments are added up, too, in the same pass. They are a function of what the key names, so that it
  // stays the same.
  bool second_moments = false;
  // Whether features for early exits are kept, too; layers of more than 1024 columns get none, and neither do those
  // that come after 256 MiB are full.
  bool exit_features = false;
  // Layers of more columns get none: 4096 take 128 MiB.
  std::int64_t most_columns = 4096;
};

// The same statistics for any number of threads. `images` must not be empty.
Result<Calibration> calibrate(const Network& network, const Dataset& images, const Preparation& preparation,
                              const EngineOptions& options, const CancelToken* cancel = nullptr,
                              const CalibrateOptions& what = {});

}  // namespace roofscape::engine
