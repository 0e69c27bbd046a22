#include "analytics/engine/stopwatch.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <vector>

#include "analytics/base/rng.h"
#include "analytics/base/thread_time.h"
#include "analytics/engine/graph.h"
#include "analytics/engine/measurement.h"
#include "analytics/engine/plan.h"
#include "analytics/engine/workers.h"

namespace roofscape::engine {
namespace {

class PlanStopwatch final : public Stopwatch {
 public:
  PlanStopwatch(Plan plan, const Network& network, std::int64_t batch)
      : plan_(std::move(plan)), batch_(batch), elements_(element_count(network.input_shape())) {
    Rng rng(1);
    images_.resize(static_cast<std::size_t>(plan_.piece() * elements_));
    for (float& value : images_) value = static_cast<float>(rng.normal());
  }

  Result<Seconds> round(int threads, double seconds, const CancelToken* cancel) override {
    if (threads < 1) return invalid_argument("a round is asked for with {} threads; use 1 or more", threads);
    const auto repeats = static_cast<std::int64_t>(std::clamp(seconds / last_.value(), 1.0, 1e6));
    std::atomic<std::size_t> next{0};
    std::vector<double> spent(static_cast<std::size_t>(threads));
    BatchJob job;
    job.batches = repeats * threads;
    job.cancel = cancel;
    job.make_worker = [&] {
      // Buffers of all watches and workers together could fill the memory of a large machine, so none outlives a round.
      auto workspace = std::make_shared<Workspace>(plan_);
      run_batch(*workspace);
      return [this, workspace, began = thread_seconds(), &of = spent[next++]](std::int64_t) -> Status {
        run_batch(*workspace);
        of = thread_seconds() - began;
        return {};
      };
    };
    RS_TRY(run_batches(threads, job));
    last_ = Seconds(0);
    for (const double of : spent) last_ += Seconds(of / static_cast<double>(job.batches));
    return last_;
  }

 private:
  void run_batch(Workspace& workspace) const {
    for (std::int64_t done = 0; done < batch_; done += plan_.piece()) {
      const std::int64_t count = std::min(plan_.piece(), batch_ - done);
      // Each time anew, as images come: later layers write over the input.
      for (std::size_t i = 0; i < plan_.input_count(); ++i)
        std::copy_n(images_.data(), count * elements_, plan_.input(workspace, i));
      plan_.run(workspace, count, [](std::size_t, const float*) {});
    }
  }

  Plan plan_;
  std::int64_t batch_;
  std::int64_t elements_;
  std::vector<float> images_;
  Seconds last_{1};  // of a batch in the round before: says how many fill a round
};

}  // namespace

Result<std::unique_ptr<Stopwatch>> Stopwatch::create(const Network& network, std::int64_t batch) {
  const EngineOptions options{.threads = 1, .batch = batch};
  RS_TRY(check_options(options));
  RS_TRY(network.check_values());
  const Network* const networks[] = {&network};
  const Graph graph = merge_networks(networks);
  RS_ASSIGN(Plan plan, plan_that_fits(graph, graph.outputs, network, options));
  auto watch = std::make_unique<PlanStopwatch>(std::move(plan), network, batch);
  RS_TRY(watch->round(1, 0, nullptr).status());
  return std::unique_ptr<Stopwatch>(std::move(watch));
}

}  // namespace roofscape::engine
