// Times of the engine on this machine, and the machine as the cost model sees it, measured side by side.
//
//   HostTiming timing({.threads = 2, .networks = {}, .rounds = 6});
//   RS_TRY(timing.run(watch));
//   timing.platforms();           // "host" for all threads, "host-1" for one …
//   timing.measurements();        // "host.csv": a row a network, format, batch and number of threads
//
// A row is of as many images as all workers have at once, and its latency is the time of one batch on its worker while
// all are busy (engine/stopwatch.h): t workers with b images each are one batch of t·b images to a platform of t
// threads.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "roofscape/v1/platform.pb.h"
#include "roofscape/v1/validation.pb.h"
#include "server/turns.h"

namespace roofscape::server {

struct HostTimingOptions {
  int threads = 1;                      // the most
  std::vector<std::string> networks{};  // of the zoo; empty: usual_networks()
  int rounds = 6;
};

struct HostTimingWatch {
  Turns* turns = nullptr;  // it takes its turn where explorations measure
  const CancelToken* cancel = nullptr;
  std::function<void(const char* doing, std::int64_t done, std::int64_t total)> progress;
};

// Small and of different kinds: perceptrons, plain and residual convolutions, separable ones with and without
// squeezing.
const std::vector<std::string>& usual_networks();

class HostTiming {
 public:
  explicit HostTiming(HostTimingOptions options) : options_(std::move(options)) {}

  // Fails on a network that is not in the zoo, where the engine cannot run one, and with kCancelled.
  Status run(const HostTimingWatch& watch);
  const std::vector<v1::Platform>& platforms() const { return platforms_; }
  const v1::MeasurementFile& measurements() const { return measurements_; }

 private:
  HostTimingOptions options_;
  std::vector<v1::Platform> platforms_;
  v1::MeasurementFile measurements_;
};

}  // namespace roofscape::server
