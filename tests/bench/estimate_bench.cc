// Layer estimates a second, calibrated and with intervals: what the search pays for pricing a candidate.
#include <benchmark/benchmark.h>

#include "analytics/cost/calibration.h"
#include "analytics/cost/estimate.h"
#include "platforms/calibration.h"
#include "platforms/library.h"
#include "roofscape/v1/calibration.pb.h"
#include "roofscape/v1/platform.pb.h"
#include "tests/bench/networks.h"

namespace roofscape::bench {
namespace {

const v1::Platform* find_platform(const std::string& id) {
  for (const v1::Platform& platform : platforms::built_in_platforms())
    if (platform.id() == id) return &platform;
  return nullptr;
}

void prices(benchmark::State& state, const std::string& id) {
  const auto network = load_network("lenet5");
  const v1::Platform* platform = find_platform(id);
  if (!network || !platform) return state.SkipWithError("the network or platform is missing");
  const Network run = quantised(*network, random_images(*network, 128), 4, 8);
  v1::Platform calibrated = *platform;
  const auto learned = cost::resolve(platforms::built_in_calibration(), cost::calibration_key(*platform));
  if (!learned.ok() || !*learned) return state.SkipWithError("nothing like the platform has been measured");
  *calibrated.mutable_calibration() = **learned;
  const auto pricer = cost::Pricer::create(calibrated);
  if (!pricer.ok()) return state.SkipWithError(pricer.status().message().c_str());
  for (auto _ : state) benchmark::DoNotOptimize(pricer->price(run));
  state.counters["layers/s"] =
      benchmark::Counter(static_cast<double>(state.iterations() * run.size()), benchmark::Counter::kIsRate);
}

BENCHMARK_CAPTURE(prices, raspberry_pi_4, "raspberry-pi-4");
BENCHMARK_CAPTURE(prices, nvidia_t4, "nvidia-t4");
BENCHMARK_CAPTURE(prices, zcu104, "zcu104");
BENCHMARK_CAPTURE(prices, tpu_v1, "tpu-v1");

}  // namespace
}  // namespace roofscape::bench
