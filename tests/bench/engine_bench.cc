// Images a second of the engine: fp32 and 8-bit, one and two workers, a merged set against one by one.
#include <benchmark/benchmark.h>

#include "analytics/engine/engine.h"
#include "tests/bench/networks.h"

namespace roofscape::bench {
namespace {

constexpr std::int64_t kImages = 8192;     // about an evaluation split: making ready counts as in a job
constexpr std::int64_t kSetImages = 2048;  // of each network of a set

void measure(benchmark::State& state, const std::vector<const Network*>& networks, const Dataset& data, int threads) {
  const engine::Engine engine({.threads = threads});
  for (auto _ : state) {
    auto counts = engine.measure(networks, 0, data, {.scale = 1.0 / 255});
    if (!counts.ok()) return state.SkipWithError(counts.status().message().c_str());
    benchmark::DoNotOptimize(counts);
  }
  state.counters["images/s"] = benchmark::Counter(
      static_cast<double>(state.iterations() * data.count * static_cast<std::int64_t>(networks.size())),
      benchmark::Counter::kIsRate);
}

// bits = 0: fp32.
void speed(benchmark::State& state, const std::string& name, int bits) {
  const auto network = load_network(name);
  if (!network) return state.SkipWithError("the network is not on this machine");
  const Dataset data = random_images(*network, kImages);
  const Network run = bits == 0 ? *network : quantised(*network, data, bits, bits);
  measure(state, {&run}, data, static_cast<int>(state.range(0)));
}

void merged_set(benchmark::State& state, const std::string& name) {
  const auto network = load_network(name);
  if (!network) return state.SkipWithError("the network is not on this machine");
  const Dataset data = random_images(*network, kSetImages);
  const std::vector<Network> set = evolved(*network, data, 20);
  std::vector<const Network*> pointers;
  for (const Network& candidate : set) pointers.push_back(&candidate);
  measure(state, pointers, data, 1);
}

void one_by_one(benchmark::State& state, const std::string& name) {
  const auto network = load_network(name);
  if (!network) return state.SkipWithError("the network is not on this machine");
  const Dataset data = random_images(*network, kSetImages);
  const std::vector<Network> set = evolved(*network, data, 20);
  const engine::Engine engine({.threads = 1});
  for (auto _ : state)
    for (const Network& candidate : set) {
      const Network* single = &candidate;
      benchmark::DoNotOptimize(engine.measure(std::span(&single, 1), 0, data, {.scale = 1.0 / 255}));
    }
  state.counters["images/s"] =
      benchmark::Counter(static_cast<double>(state.iterations() * kSetImages * 20), benchmark::Counter::kIsRate);
}

BENCHMARK_CAPTURE(speed, lenet5_fp32, "lenet5", 0)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(speed, lenet5_int8, "lenet5", 8)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(speed, resnet8_fp32, "resnet8", 0)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(speed, resnet8_int8, "resnet8", 8)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(speed, resnet8_int6, "resnet8", 6)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(merged_set, lenet5, "lenet5")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(one_by_one, lenet5, "lenet5")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(merged_set, resnet8, "resnet8")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(one_by_one, resnet8, "resnet8")->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roofscape::bench
