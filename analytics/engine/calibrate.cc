#include "analytics/engine/calibrate.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include "analytics/engine/graph.h"
#include "analytics/engine/images.h"
#include "analytics/engine/measurement.h"
#include "analytics/engine/plan.h"
#include "analytics/engine/value_statistics.h"
#include "analytics/engine/workers.h"

namespace roofscape::engine {
namespace {

using Sums = std::vector<StatisticsSum>;  // one a node

Sums empty_sums(const Graph& graph) {
  Sums sums;
  for (const Node& node : graph.nodes) sums.emplace_back(node.layer->output_shape);
  return sums;
}

// Puts batches that end in any order back into theirs.
class InOrder {
 public:
  explicit InOrder(const Graph& graph) : total_(empty_sums(graph)) {}

  void add(std::int64_t batch, Sums sums) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(batch, std::move(sums));
    for (auto next = waiting_.find(next_); next != waiting_.end(); next = waiting_.find(++next_)) {
      for (std::size_t i = 0; i < total_.size(); ++i) total_[i].merge(next->second[i]);
      waiting_.erase(next);
    }
  }
  const Sums& total() const { return total_; }

 private:
  std::mutex mutex_;
  std::int64_t next_ = 0;
  std::map<std::int64_t, Sums> waiting_;
  Sums total_;
};

Digest calibration_key(const Network& network, const Dataset& images, const Preparation& preparation) {
  Hasher hasher("calibration/1");
  hasher.add(network.key()).add(images.key());
  preparation.hash_into(hasher);
  return hasher.finish();
}

}  // namespace

Result<Calibration> calibrate(const Network& network, const Dataset& images, const Preparation& preparation,
                              const EngineOptions& options, const CancelToken* cancel) {
  RS_TRY(check_options(options));
  RS_ASSIGN(const ImageRange range, checked_range(images, std::nullopt));
  const Network* const networks[] = {&network};
  const Graph graph = merge_networks(networks);
  std::vector<NodeId> taps(graph.nodes.size());
  for (std::size_t i = 0; i < taps.size(); ++i) taps[i] = static_cast<NodeId>(i);
  RS_ASSIGN(const Plan plan, plan_that_fits(graph, taps, network, options));
  RS_ASSIGN(const ImageFeed feed, ImageFeed::create(images, preparation, network.input_shape()));

  InOrder in_order(graph);
  BatchJob job;
  job.batches = (range.count + options.batch - 1) / options.batch;
  job.cancel = cancel;
  job.make_worker = [&] {
    return [&, workspace = std::make_shared<Workspace>(plan)](std::int64_t batch) -> Status {
      Sums sums = empty_sums(graph);
      const std::int64_t end = std::min(range.count, (batch + 1) * options.batch);
      for (std::int64_t first = batch * options.batch; first < end; first += plan.piece()) {
        const std::int64_t count = std::min(plan.piece(), end - first);
        feed.write({first, count}, plan.input(*workspace, 0));
        plan.run(*workspace, count, [&](std::size_t tap, const float* values) { sums[tap].add(values, count); });
      }
      in_order.add(batch, std::move(sums));
      return {};
    };
  };
  RS_TRY(run_batches(options.threads, job));

  Calibration calibration;
  calibration.images = range.count;
  calibration.key = calibration_key(network, images, preparation);
  std::vector<std::shared_ptr<const ValueStatistics>> of_node;
  for (const StatisticsSum& sum : in_order.total())
    of_node.push_back(std::make_shared<const ValueStatistics>(sum.finish()));
  for (LayerId id = 0; id < network.size(); ++id)
    calibration.values[network.layer(id).name] =
        of_node[static_cast<std::size_t>(graph.node_of[0][static_cast<std::size_t>(id)])];
  return calibration;
}

}  // namespace roofscape::engine
