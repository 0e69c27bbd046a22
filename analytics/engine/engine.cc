#include "analytics/engine/engine.h"

#include <algorithm>

#include "analytics/base/text.h"
#include "analytics/engine/graph.h"
#include "analytics/engine/images.h"
#include "analytics/engine/kernel.h"
#include "analytics/engine/measurement.h"
#include "analytics/engine/plan.h"
#include "analytics/engine/workers.h"
#include "analytics/network/work.h"

namespace roofscape::engine {
namespace {

// Number of classes, if the output is one vector of scores.
Result<std::int64_t> class_count(const Network& network) {
  const Shape& shape = network.output_shape();
  if (std::count_if(shape.begin(), shape.end(), [](std::int64_t size) { return size > 1; }) > 1)
    return invalid_argument("the network's output has the shape {}; one vector of class scores is needed",
                            to_string(shape));
  return element_count(shape);
}

Result<std::int64_t> common_class_count(std::span<const Network* const> networks) {
  RS_ASSIGN(const std::int64_t classes, class_count(*networks[0]));
  for (const Network* network : networks) {
    RS_ASSIGN(const std::int64_t others, class_count(*network));
    if (others != classes)
      return invalid_argument("networks of {} and of {} classes cannot be measured against each other", classes,
                              others);
  }
  return classes;
}

// Networks that go through the data together: as many as memory allows, the reference first.
struct Part {
  std::vector<const Network*> networks;
  std::int64_t piece = 0;
  std::unique_ptr<Measurement> measurement;
};

class Division {
 public:
  Division(const Network* reference, const Dataset& dataset, const Preparation& preparation,
           const EngineOptions& options)
      : reference_(reference), dataset_(dataset), preparation_(preparation), options_(options) {}

  // Adds the networks to the last part, in as many parts as they need.
  Status add(std::span<const Network* const> networks, std::int64_t piece) {
    auto part = std::make_unique<Part>();
    part->networks.push_back(reference_);
    part->networks.insert(part->networks.end(), networks.begin(), networks.end());
    part->measurement = std::make_unique<Measurement>(part->networks, 0, dataset_);
    const bool may_divide = networks.size() > 1 || piece > 1;
    Status status = part->measurement->prepare(preparation_, options_, piece, may_divide ? kArenaOfSet : kArenaLimit);
    if (status.code() == Code::kResourceExhausted && may_divide) {
      if (networks.size() <= 1) return add(networks, piece / 2);
      const std::size_t half = networks.size() / 2;
      RS_TRY(add(networks.first(half), piece));
      return add(networks.subspan(half), piece);
    }
    RS_TRY(std::move(status));
    parts_.push_back(std::move(part));
    return {};
  }

  // Counts of the networks in the order in which they were added.
  Result<std::vector<Counts>> run(ImageRange range, const MeasureOptions& options) {
    std::vector<Counts> counts;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      MeasureOptions part_options = options;
      if (options.observe) {
        // A part's own copy of the reference stands in front of its networks.
        part_options.observe = [&options, before = counts.size()](std::size_t network, std::int64_t first,
                                                                  std::span<const std::int32_t> classes) {
          if (network > 0) options.observe(before + network - 1, first, classes);
        };
      }
      if (options.progress) {
        part_options.progress = [&, i](std::int64_t done) {
          const auto parts = static_cast<std::int64_t>(parts_.size());
          options.progress((static_cast<std::int64_t>(i) * range.count + done) / parts);
        };
      }
      RS_TRY(parts_[i]->measurement->run(range, options_, part_options));
      const std::vector<Counts>& all = parts_[i]->measurement->counts();
      counts.insert(counts.end(), all.begin() + 1, all.end());
    }
    return counts;
  }

 private:
  const Network* reference_;
  const Dataset& dataset_;
  const Preparation& preparation_;
  const EngineOptions& options_;
  std::vector<std::unique_ptr<Part>> parts_;
};

}  // namespace

Engine::Engine(EngineOptions options) : options_(std::move(options)) {}

Result<std::vector<Counts>> Engine::measure(std::span<const Network* const> networks, std::size_t reference,
                                            const Dataset& dataset, const Preparation& preparation,
                                            const MeasureOptions& options) const {
  RS_TRY(check_options(options_));
  if (reference >= networks.size())
    return invalid_argument("the reference is network {} of {}; count from 0", reference, networks.size());
  for (const Network* network : networks) RS_TRY(network->check_values());
  RS_ASSIGN(const ImageRange range, checked_range(dataset, options.range));
  RS_ASSIGN(const std::int64_t classes, common_class_count(networks));
  RS_TRY(check_labels(dataset, range, classes));
  Division division(networks[reference], dataset, preparation, options_);
  RS_TRY(division.add(networks, piece_size(*networks[reference], options_.batch)));
  return division.run(range, options);
}

Result<std::vector<float>> Engine::run(const Network& network, std::span<const float> images,
                                       std::int64_t count) const {
  RS_TRY(check_options(options_));
  RS_TRY(network.check_values());
  const std::int64_t in = element_count(network.input_shape());
  const std::int64_t out = element_count(network.output_shape());
  if (count < 0 || static_cast<std::int64_t>(images.size()) != count * in)
    return invalid_argument("{} values are given for {} images of {} values each", images.size(), count, in);
  const Network* const networks[] = {&network};
  const Graph graph = merge_networks(networks);
  RS_ASSIGN(const Plan plan, plan_that_fits(graph, graph.outputs, network, options_));
  std::vector<float> outputs(static_cast<std::size_t>(count * out));
  BatchJob job;
  job.batches = (count + plan.piece() - 1) / plan.piece();
  job.make_worker = [&] {
    return [&, workspace = std::make_shared<Workspace>(plan)](std::int64_t batch) -> Status {
      const std::int64_t first = batch * plan.piece();
      const std::int64_t here = std::min(plan.piece(), count - first);
      // A network may ignore its input: then there is nothing to write.
      if (plan.input_count() > 0) std::copy_n(images.data() + first * in, here * in, plan.input(*workspace, 0));
      plan.run(*workspace, here, [&](std::size_t, const float* values) {
        std::copy_n(values, here * out, outputs.data() + first * out);
      });
      return {};
    };
  };
  RS_TRY(run_batches(options_.threads, job));
  return outputs;
}

Result<std::vector<KernelUse>> Engine::kernels(const Network& network) const {
  RS_TRY(check_options(options_));
  const Network* const networks[] = {&network};
  const Graph graph = merge_networks(networks);
  RS_ASSIGN(const Plan plan, plan_that_fits(graph, graph.outputs, network, options_));
  std::vector<KernelUse> uses;
  for (LayerId id = 0; id < network.size(); ++id) {
    const NodeId node = graph.node_of[0][static_cast<std::size_t>(id)];
    const NodeKernel& by = plan.node_kernels()[static_cast<std::size_t>(node)];
    if (by.kernel.empty()) continue;
    KernelUse& use = uses.emplace_back();
    use.layer = network.layer(id).name;
    use.kernel = std::string(by.kernel) + (by.fused ? " (fused)" : by.view ? " (view)" : "");
    for (const Decline& decline : by.declined) use.declined.push_back(to_string(decline));
  }
  return uses;
}

MergeReport merge_report(std::span<const Network* const> networks) {
  const Graph graph = merge_networks(networks);
  std::vector<bool> counted(graph.nodes.size(), false);
  MergeReport report;
  for (std::size_t n = 0; n < networks.size(); ++n) {
    for (LayerId id = 0; id < networks[n]->size(); ++id) {
      const auto node = static_cast<std::size_t>(graph.node_of[n][static_cast<std::size_t>(id)]);
      const std::int64_t macs = layer_work(*networks[n], id).macs;
      ++report.nodes_separate;
      report.macs_separate += macs;
      if (counted[node]) continue;
      counted[node] = true;
      ++report.nodes_merged;
      report.macs_merged += macs;
    }
  }
  return report;
}

}  // namespace roofscape::engine
