// Evaluations a second of an exploration like the demo's: bundled network, four platforms, 2,048 random images.
#include <benchmark/benchmark.h>

#include "analytics/explore/explorer.h"
#include "platforms/library.h"
#include "tests/bench/networks.h"

namespace roofscape::bench {
namespace {

class ForgetfulSink final : public explore::Sink {
 public:
  std::optional<engine::Counts> find_measurement(const Digest&) override { return std::nullopt; }
  void boxes(const std::vector<explore::FrontBox>&) override {}
  Status store(const std::vector<explore::Evaluation>& evaluations, const explore::Progress&) override {
    stored_ += static_cast<std::int64_t>(evaluations.size());
    return {};
  }
  void progress(const explore::Progress&) override {}
  explore::Goal goal() override { return {}; }
  std::int64_t stored_before() override { return 0; }
  std::int64_t stored() const { return stored_; }

 private:
  std::int64_t stored_ = 0;
};

explore::Rule integer_everywhere() {
  return {.layers = "*",
          .op = "",
          .methods = {{"integer", {{"weight_bits", {2.0, 3.0, 4.0, 6.0, 8.0}}, {"activation_bits", {4.0, 8.0}}}}}};
}

explore::Rule fewer_filters() {
  return {.layers = "", .op = "Conv", .methods = {{"prune_filters", {{"fraction", {0.0, 0.25, 0.5}}}}}};
}

std::optional<explore::Job> demo_job(std::int64_t evaluations) {
  auto network = load_network("lenet5");
  if (!network) return std::nullopt;
  const Dataset images = random_images(*network, 2048 + 256);
  const auto split = split_dataset(images.count, 256);
  explore::Job job{.network = *network,
                   .preparation = {.scale = 1.0 / 255, .mean = {}, .std = {}},
                   .calibration = subset(images, split->calibration),
                   .evaluation = subset(images, split->evaluation),
                   .platforms = {},
                   .rules = {integer_everywhere(), fewer_filters()},
                   .objectives = {},
                   .constraints = {}};
  for (const v1::Platform& platform : platforms::built_in_platforms())
    for (const char* id : {"raspberry-pi-4", "nvidia-t4", "zcu104", "tpu-v1"})
      if (platform.id() == id) job.platforms.push_back({id, std::make_shared<const v1::Platform>(platform)});
  for (const char* text : {"maximise top1", "minimise latency", "minimise energy", "minimise weight_bytes"})
    job.objectives.push_back(*search::parse_objective(text));
  job.evaluations = evaluations;
  return job;
}

void demo(benchmark::State& state) {
  const auto job = demo_job(100);
  if (!job) return state.SkipWithError("the network is missing");
  std::int64_t stored = 0;
  for (auto _ : state) {
    ForgetfulSink sink;
    explore::Explorer explorer(*job, {.threads = static_cast<int>(state.range(0))}, sink);
    const Status status = explorer.run(CancelToken());
    if (!status.ok()) return state.SkipWithError(status.message().c_str());
    stored += sink.stored();
  }
  state.counters["evaluations/s"] = benchmark::Counter(static_cast<double>(stored), benchmark::Counter::kIsRate);
}

BENCHMARK(demo)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roofscape::bench
