#include "analytics/engine/calibrate.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <mutex>

#include "analytics/engine/graph.h"
#include "analytics/engine/images.h"
#include "analytics/engine/measurement.h"
#include "analytics/engine/plan.h"
#include "analytics/engine/second_moments.h"
#include "analytics/engine/value_statistics.h"
#include "analytics/engine/workers.h"

namespace roofscape::engine {
namespace {

// Bytes that the second moments of all batches in progress may take; fewer threads run where they would take more.
constexpr std::int64_t kMomentsInFlight = std::int64_t{2} << 30;

// What is added up besides the statistics of each node: moments of the vectors that layers read, each kind once.
class WantedMoments {
 public:
  // Adds nodes to the graph for sequences of states that the network itself does not make.
  WantedMoments(const Network& network, const CalibrateOptions& options, Graph& graph) {
    if (!options.second_moments) return;
    for (LayerId id = 0; id < network.size(); ++id) {
      const Layer& layer = network.layer(id);
      if (!layer.has_weight()) continue;
      const NodeId node = graph.node_of[0][static_cast<std::size_t>(id)];
      const NodeId input = graph.nodes[static_cast<std::size_t>(node)].inputs[0];
      const Shape& shape = network.layer(layer.inputs[0]).output_shape;
      want(layer, input, *input_vectors(layer, shape), options, inputs_);
      if (layer.as<op::Recurrent>()) {
        const Shape states{shape[0], layer.constants[1]->shape()[0], layer.constants[1]->shape()[2]};
        want(layer, sequence_of(layer, node, states, graph), state_vectors(layer, states), options, states_);
      }
    }
  }

  std::vector<MomentsSum> empty_sums() const {
    std::vector<MomentsSum> sums;
    sums.reserve(sources_.size());
    for (const Source& source : sources_) sums.emplace_back(source.vectors);
    return sums;
  }
  void add(NodeId node, const float* values, std::int64_t count, std::vector<MomentsSum>& sums,
           MomentsScratch& scratch) const {
    for (std::size_t i = 0; i < sources_.size(); ++i)
      if (sources_[i].node == node) sums[i].add(values, count, scratch);
  }
  // Few enough that their sums fit, whatever was asked for.
  int threads(int asked_for) const {
    std::int64_t bytes = 1;
    for (const Source& source : sources_) bytes += MomentsSum::bytes(source.vectors);
    return static_cast<int>(std::clamp<std::int64_t>(kMomentsInFlight / bytes, 1, asked_for));
  }
  void finish(const std::vector<MomentsSum>& sums, Calibration& calibration) const {
    std::vector<std::shared_ptr<const SecondMoments>> finished;
    for (const MomentsSum& sum : sums) finished.push_back(std::make_shared<const SecondMoments>(sum.finish()));
    for (const auto& [layer, source] : inputs_) calibration.moments[layer] = finished[source];
    for (const auto& [layer, source] : states_) calibration.state_moments[layer] = finished[source];
  }

 private:
  struct Source {
    NodeId node;
    InputVectors vectors;
  };
  using Readers = std::vector<std::pair<std::string, std::size_t>>;  // name of the layer, index of its source

  void want(const Layer& layer, NodeId node, InputVectors vectors, const CalibrateOptions& options, Readers& readers) {
    if (vectors.columns() > options.most_columns) return;
    const auto same = std::find_if(sources_.begin(), sources_.end(), [&](const Source& source) {
      return source.node == node && source.vectors == vectors;
    });
    readers.emplace_back(layer.name, static_cast<std::size_t>(same - sources_.begin()));
    if (same == sources_.end()) sources_.push_back({node, std::move(vectors)});
  }

  NodeId sequence_of(const Layer& layer, NodeId node, const Shape& states, Graph& graph) {
    if (layer.as<op::Recurrent>()->output == op::Recurrent::Output::kSequence) return node;
    Layer& probe = probes_.emplace_back(layer);
    probe.as<op::Recurrent>()->output = op::Recurrent::Output::kSequence;
    probe.output_shape = states;
    graph.nodes.push_back({&probe, graph.nodes[static_cast<std::size_t>(node)].inputs});
    return static_cast<NodeId>(graph.nodes.size()) - 1;
  }

  std::deque<Layer> probes_;  // the graph points to them
  std::vector<Source> sources_;
  Readers inputs_, states_;
};

// Features of every image, each written once, so that threads need no lock.
class WantedFeatures {
 public:
  WantedFeatures(const Network& network, std::int64_t images, const CalibrateOptions& options, const Graph& graph) {
    constexpr std::int64_t kMostColumns = 1024;
    constexpr std::int64_t kMostValues = (std::int64_t{256} << 20) / static_cast<std::int64_t>(sizeof(float));
    if (!options.exit_features) return;
    std::int64_t values = 0;
    for (LayerId id = 0; id < network.size(); ++id) {
      const Shape& shape = network.layer(id).output_shape;
      if (shape.size() != 3 && shape.size() != 1) continue;
      if (shape[0] > kMostColumns || values + shape[0] * images > kMostValues) continue;
      values += shape[0] * images;
      Kept& kept = kept_.emplace_back();
      kept.name = network.layer(id).name;
      kept.node = graph.node_of[0][static_cast<std::size_t>(id)];
      kept.pixels = element_count(shape) / shape[0];
      kept.features = std::make_shared<ExitFeatures>();
      kept.features->columns = shape[0];
      kept.features->values.assign(static_cast<std::size_t>(shape[0] * images), 0);
    }
  }

  // Images `first` to `first + count` of a value, plain fp32.
  void write(NodeId node, std::int64_t first, std::int64_t count, const float* values) const {
    for (const Kept& kept : kept_) {
      if (kept.node != node) continue;
      float* out = kept.features->values.data() + first * kept.features->columns;
      for (std::int64_t i = 0; i < count * kept.features->columns; ++i) {
        double sum = 0;
        for (std::int64_t p = 0; p < kept.pixels; ++p) sum += values[i * kept.pixels + p];
        out[i] = static_cast<float>(sum / static_cast<double>(kept.pixels));
      }
    }
  }
  void finish(Calibration& calibration) const {
    for (const Kept& kept : kept_) calibration.exit_features[kept.name] = kept.features;
  }

 private:
  struct Kept {
    std::string name;
    NodeId node = 0;
    std::int64_t pixels = 1;
    std::shared_ptr<ExitFeatures> features;
  };
  std::vector<Kept> kept_;
};

// Of one batch, or of all so far.
struct Sums {
  std::vector<StatisticsSum> values;  // one a layer's node
  std::vector<MomentsSum> moments;

  void merge(const Sums& later) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i].merge(later.values[i]);
    for (std::size_t i = 0; i < moments.size(); ++i) moments[i].merge(later.moments[i]);
  }
};

// Puts batches that end in any order back into theirs.
class InOrder {
 public:
  explicit InOrder(Sums empty) : total_(std::move(empty)) {}

  void add(std::int64_t batch, Sums sums) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(batch, std::move(sums));
    for (auto next = waiting_.find(next_); next != waiting_.end(); next = waiting_.find(++next_)) {
      total_.merge(next->second);
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
                              const EngineOptions& options, const CancelToken* cancel, const CalibrateOptions& what) {
  RS_TRY(check_options(options));
  RS_TRY(network.check_values());
  RS_ASSIGN(const ImageRange range, checked_range(images, std::nullopt));
  const Network* const networks[] = {&network};
  Graph graph = merge_networks(networks);
  const std::size_t layer_nodes = graph.nodes.size();
  const WantedMoments wanted(network, what, graph);
  const WantedFeatures features(network, range.count, what, graph);
  std::vector<NodeId> taps(graph.nodes.size());
  for (std::size_t i = 0; i < taps.size(); ++i) taps[i] = static_cast<NodeId>(i);
  RS_ASSIGN(const Plan plan, plan_that_fits(graph, taps, network, options));
  RS_ASSIGN(const ImageFeed feed, ImageFeed::create(images, preparation, network.input_shape()));
  const auto empty_sums = [&] {
    Sums sums{.values = {}, .moments = wanted.empty_sums()};
    for (std::size_t i = 0; i < layer_nodes; ++i) sums.values.emplace_back(graph.nodes[i].layer->output_shape);
    return sums;
  };

  InOrder in_order(empty_sums());
  BatchJob job;
  job.batches = (range.count + options.batch - 1) / options.batch;
  job.cancel = cancel;
  job.make_worker = [&] {
    return [&, workspace = std::make_shared<Workspace>(plan),
            scratch = std::make_shared<MomentsScratch>()](std::int64_t batch) -> Status {
      Sums sums = empty_sums();
      const std::int64_t end = std::min(range.count, (batch + 1) * options.batch);
      for (std::int64_t first = batch * options.batch; first < end; first += plan.piece()) {
        const std::int64_t count = std::min(plan.piece(), end - first);
        feed.write({first, count}, plan.input(*workspace, 0));
        plan.run(*workspace, count, [&](std::size_t tap, const float* values) {
          if (tap < layer_nodes) sums.values[tap].add(values, count);
          features.write(static_cast<NodeId>(tap), first, count, values);
          wanted.add(static_cast<NodeId>(tap), values, count, sums.moments, *scratch);
        });
      }
      in_order.add(batch, std::move(sums));
      return {};
    };
  };
  RS_TRY(run_batches(wanted.threads(options.threads), job));

  Calibration calibration;
  calibration.images = range.count;
  calibration.key = calibration_key(network, images, preparation);
  std::vector<std::shared_ptr<const ValueStatistics>> of_node;
  for (const StatisticsSum& sum : in_order.total().values)
    of_node.push_back(std::make_shared<const ValueStatistics>(sum.finish()));
  for (LayerId id = 0; id < network.size(); ++id)
    calibration.values[network.layer(id).name] =
        of_node[static_cast<std::size_t>(graph.node_of[0][static_cast<std::size_t>(id)])];
  wanted.finish(in_order.total().moments, calibration);
  features.finish(calibration);
  if (what.exit_features && images.labelled()) calibration.labels.assign(images.labels.begin(), images.labels.end());
  return calibration;
}

}  // namespace roofscape::engine
