// Explorations as a whole: evaluations a second, and the share of the time that is spent in the engine.
//
//   demo         like the demo's: bundled network, four platforms, integers and fewer filters, 2,048 random images
//   all_methods  methods of every family in one space, two platforms, 8,192 random images: rewriting at its dearest
#include <benchmark/benchmark.h>

#include <algorithm>

#include "analytics/explore/explorer.h"
#include "platforms/library.h"
#include "tests/bench/networks.h"

namespace roofscape::bench {
namespace {

class ForgetfulSink final : public explore::Sink {
 public:
  std::optional<explore::Measured> find_measurement(const Digest&) override { return std::nullopt; }
  std::optional<engine::Counts> find_evaluated(std::int64_t) override { return std::nullopt; }
  std::optional<engine::Counts> find_probe(const Digest&, std::int64_t) override { return std::nullopt; }
  Status store_probes(const std::vector<std::pair<Digest, engine::Counts>>&, std::int64_t) override { return {}; }
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

// As examples/fashion-lenet/all_methods.yaml.
std::vector<explore::Rule> all_methods() {
  using explore::Rule;
  const std::string second_order = "second-order";
  return {
      Rule{
          .layers = "*",
          .op = "",
          .methods =
              {{"integer",
                {{"weight_bits", {3.0, 4.0, 6.0, 8.0}}, {"activation_bits", {4.0, 8.0}}, {"rounding", {second_order}}}},
               {"ternary", {}},
               {"power_of_two", {{"weight_exponent_bits", {3.0}}}},
               {"minifloat", {{"weights", {std::string("fp8_e4m3")}}, {"activations", {std::string("fp8_e4m3")}}}},
               {"block", {{"weights", {std::string("mxfp4")}}, {"activations", {std::string("mxfp8_e4m3")}}}},
               {"prune", {{"fraction", {0.5, 0.75}}, {"criterion", {second_order}}}},
               {"share", {{"clusters", {8.0, 16.0}}, {"weighting", {std::string("hessian")}}}},
               {"huffman", {}}}},
      Rule{.layers = "*",
           .op = "Gemm",
           .methods = {{"low_rank", {{"rank", {0.25, 0.5}}}}, {"circulant", {{"block", {4.0}}}}}},
      Rule{.layers = "*", .op = "Conv", .methods = {{"prune_filters", {{"fraction", {0.25, 0.5}}}}, {"smooth", {}}}},
  };
}

explore::Job job_of(const Network& network, std::int64_t images, std::vector<std::string> platforms,
                    std::vector<explore::Rule> rules, std::int64_t evaluations) {
  const Dataset data = random_images(network, images + 256);
  const auto split = split_dataset(data.count, 256);
  explore::Job job{.network = network,
                   .preparation = {.scale = 1.0 / 255, .mean = {}, .std = {}},
                   .calibration = subset(data, split->calibration),
                   .evaluation = subset(data, split->evaluation),
                   .platforms = {},
                   .rules = std::move(rules),
                   .objectives = {},
                   .constraints = {}};
  for (const v1::Platform& platform : platforms::built_in_platforms())
    if (std::find(platforms.begin(), platforms.end(), platform.id()) != platforms.end())
      job.platforms.push_back({platform.id(), std::make_shared<const v1::Platform>(platform)});
  for (const char* text : {"maximise top1", "minimise latency", "minimise energy", "minimise weight_bytes"})
    job.objectives.push_back(*search::parse_objective(text));
  job.evaluations = evaluations;
  return job;
}

void explore_repeatedly(benchmark::State& state, const explore::Job& job, int threads) {
  std::int64_t stored = 0;
  explore::Profile sum;
  for (auto _ : state) {
    ForgetfulSink sink;
    explore::Explorer explorer(job, {.threads = threads}, sink);
    const Status status = explorer.run(CancelToken());
    if (!status.ok()) return state.SkipWithError(status.message().c_str());
    stored += sink.stored();
    const explore::Profile& profile = explorer.profile();
    sum.measuring += profile.measuring;
    sum.proposing += profile.proposing;
    sum.rewriting += profile.rewriting;
    sum.storing += profile.storing;
    sum.total += profile.total;
  }
  state.counters["evaluations/s"] = benchmark::Counter(static_cast<double>(stored), benchmark::Counter::kIsRate);
  state.counters["measuring"] = sum.measuring / sum.total;
  state.counters["proposing"] = sum.proposing / sum.total;
  state.counters["rewriting"] = sum.rewriting / sum.total;
  state.counters["storing"] = sum.storing / sum.total;
}

void demo(benchmark::State& state) {
  const auto network = load_network("lenet5");
  if (!network) return state.SkipWithError("the network is missing");
  const explore::Job job = job_of(*network, 2048, {"raspberry-pi-4", "nvidia-t4", "zcu104", "tpu-v1"},
                                  {integer_everywhere(), fewer_filters()}, 100);
  explore_repeatedly(state, job, static_cast<int>(state.range(0)));
}

void all_methods_on(benchmark::State& state, const char* name, std::int64_t evaluations) {
  const auto network = load_network(name);
  if (!network) return state.SkipWithError("the network is missing");
  explore_repeatedly(state, job_of(*network, 8192, {"nvidia-t4", "zcu104"}, all_methods(), evaluations), 2);
}

BENCHMARK(demo)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(all_methods_on, lenet5, "lenet5", 600)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(all_methods_on, resnet8, "resnet8", 100)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace roofscape::bench
