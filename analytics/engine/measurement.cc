#include "analytics/engine/measurement.h"

#include <algorithm>

#include "analytics/engine/graph.h"
#include "analytics/engine/workers.h"

namespace roofscape::engine {
namespace {

// Nodes of the layers with an accumulator on which the network's output depends. Whether other layers run is a matter
// of the set, so they do not count.
std::vector<NodeId> limited_nodes(const Network& network, const std::vector<NodeId>& node_of) {
  std::vector<bool> needed(static_cast<std::size_t>(network.size()), false);
  needed[static_cast<std::size_t>(network.output())] = true;
  std::vector<NodeId> nodes;
  for (LayerId id = network.output(); id >= 0; --id) {
    if (!needed[static_cast<std::size_t>(id)]) continue;
    for (const LayerId input : network.layer(id).inputs) needed[static_cast<std::size_t>(input)] = true;
    if (network.layer(id).arithmetic.accumulator) nodes.push_back(node_of[static_cast<std::size_t>(id)]);
  }
  return nodes;
}

}  // namespace

Status check_options(const EngineOptions& options) {
  if (options.threads < 1) return invalid_argument("the engine is given {} threads; use 1 or more", options.threads);
  if (options.batch < 1 || options.batch > 65'536)
    return invalid_argument("the engine's batch is {}; use 1 to 65536", options.batch);
  return check_forced(options.force_kernels);
}

std::int64_t piece_size(const Network& network, std::int64_t batch) {
  constexpr std::int64_t kInputValues = 49'152;  // of one piece: 16 images of 3×32×32
  std::int64_t images = std::max<std::int64_t>(1, kInputValues / element_count(network.input_shape()));
  images = std::min(images, batch);
  while (batch % images != 0) --images;  // else each batch would end in a piece that is hardly filled
  return images;
}

Result<Plan> plan_that_fits(const Graph& graph, std::span<const NodeId> taps, const Network& network,
                            const EngineOptions& options) {
  const OneOpenMpThread one_thread;
  for (std::int64_t piece = piece_size(network, options.batch); true; piece /= 2) {
    auto plan = Plan::build(graph, taps, {piece, options.force_kernels, piece > 1 ? kArenaOfSet : kArenaLimit});
    if (plan.ok() || plan.status().code() != Code::kResourceExhausted || piece == 1) return plan;
  }
}

Measurement::Measurement(std::span<const Network* const> networks, std::size_t reference, const Dataset& dataset)
    : networks_(networks), dataset_(dataset), counts_(networks.size()) {
  order_.push_back(reference);
  for (std::size_t i = 0; i < networks.size(); ++i)
    if (i != reference) order_.push_back(i);
  for (const Network* network : networks) meanings_.push_back(output_meaning(*network));
}

Status Measurement::prepare(const Preparation& preparation, const EngineOptions& options, std::int64_t piece,
                            std::size_t arena_limit) {
  const Graph graph = merge_networks(networks_);
  std::vector<NodeId> taps;
  for (const std::size_t i : order_) taps.push_back(graph.outputs[i]);
  limited_.clear();
  for (std::size_t i = 0; i < networks_.size(); ++i) limited_.push_back(limited_nodes(*networks_[i], graph.node_of[i]));
  const OneOpenMpThread one_thread;
  RS_ASSIGN(plan_, Plan::build(graph, taps, {piece, options.force_kernels, arena_limit}));
  for (std::size_t i = 0; i < plan_->input_count(); ++i) {
    RS_ASSIGN(ImageFeed feed, ImageFeed::create(dataset_, preparation, plan_->input_shape(i)));
    feeds_.push_back(feed);
  }
  return {};
}

Status Measurement::run(ImageRange range, const EngineOptions& options, const MeasureOptions& measure_options) {
  BatchJob job;
  job.batches = (range.count + options.batch - 1) / options.batch;
  job.cancel = measure_options.cancel;
  job.make_worker = [&] {
    return [&, workspace = std::make_shared<Workspace>(*plan_)](std::int64_t batch) -> Status {
      const std::int64_t first = range.first + batch * options.batch;
      const std::int64_t count = std::min(options.batch, range.first + range.count - first);
      std::vector<Counts> counts(networks_.size());
      for (std::int64_t done = 0; done < count; done += plan_->piece())
        run_piece(*workspace, {first + done, std::min(plan_->piece(), count - done)}, measure_options.observe, counts);
      const std::lock_guard lock(mutex_);
      for (std::size_t i = 0; i < counts.size(); ++i) counts_[i] += counts[i];
      done_ += count;
      if (measure_options.progress) measure_options.progress(done_);
      return {};
    };
  };
  return run_batches(options.threads, job);
}

void Measurement::run_piece(Workspace& workspace, ImageRange images, const ClassObserver& observe,
                            std::vector<Counts>& counts) const {
  for (std::size_t i = 0; i < feeds_.size(); ++i) feeds_[i].write(images, plan_->input(workspace, i));
  const auto classes = static_cast<std::size_t>(element_count(networks_[order_[0]]->output_shape()));
  std::vector<ReferenceScore> reference;
  std::vector<std::int32_t> predicted;
  plan_->run(workspace, images.count, [&](std::size_t tap, const float* values) {
    const std::size_t network = order_[tap];
    predicted.clear();
    for (std::int64_t n = 0; n < images.count; ++n) {
      const std::span outputs(values + static_cast<std::size_t>(n) * classes, classes);
      if (tap == 0) reference.push_back(ReferenceScore::of(outputs, meanings_[network]));
      const std::int64_t label = dataset_.labelled() ? dataset_.labels[static_cast<std::size_t>(images.first + n)] : -1;
      score_image(outputs, reference[static_cast<std::size_t>(n)], label, meanings_[network], counts[network]);
      if (observe) predicted.push_back(static_cast<std::int32_t>(largest_index(outputs)));
    }
    if (observe) observe(network, images.first, predicted);
  });
  add_overflows(workspace, counts);
}

void Measurement::add_overflows(const Workspace& workspace, std::vector<Counts>& counts) const {
  for (std::size_t i = 0; i < limited_.size(); ++i)
    for (const NodeId node : limited_[i]) counts[i].overflows += workspace.overflows(node);
}

}  // namespace roofscape::engine
