// One set of networks taken through a range of images together.
#pragma once

#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "analytics/engine/engine.h"
#include "analytics/engine/graph.h"
#include "analytics/engine/images.h"
#include "analytics/engine/plan.h"
#include "analytics/engine/score.h"

namespace roofscape::engine {

// Memory a thread for the values of one set: sets that need more are measured in parts, networks that alone need more
// in smaller pieces, and what does not fit `kArenaLimit` image by image is refused.
inline constexpr std::size_t kArenaOfSet = std::size_t{512} << 20;
inline constexpr std::size_t kArenaLimit = std::size_t{4} << 30;

// Fails on a number of threads, a batch or a kernel id that cannot be.
Status check_options(const EngineOptions& options);

// Images that go through the graph at once: few enough that the values of a layer stay in a core's cache, so it
// depends on the size of an image. Results do not depend on it.
std::int64_t piece_size(const Network& network, std::int64_t batch);

// The plan of one network with the largest piece whose values fit.
Result<Plan> plan_that_fits(const Graph& graph, std::span<const NodeId> taps, const Network& network,
                            const EngineOptions& options);

class Measurement {
 public:
  Measurement(std::span<const Network* const> networks, std::size_t reference, const Dataset& dataset);

  // Fails with kResourceExhausted if the values of the set need more than `arena_limit` bytes.
  Status prepare(const Preparation& preparation, const EngineOptions& options, std::int64_t piece,
                 std::size_t arena_limit);
  Status run(ImageRange range, const EngineOptions& options, const MeasureOptions& measure_options);
  const std::vector<Counts>& counts() const { return counts_; }

 private:
  void run_piece(Workspace& workspace, ImageRange images, const ClassObserver& observe,
                 std::vector<Counts>& counts) const;
  void add_overflows(const Workspace& workspace, std::vector<Counts>& counts) const;

  std::span<const Network* const> networks_;
  const Dataset& dataset_;
  std::vector<std::size_t> order_;  // of the taps: the reference first, since all others are compared with it
  std::vector<OutputMeaning> meanings_;
  std::vector<std::vector<NodeId>> limited_;  // of each network: nodes of its layers with an accumulator
  std::optional<Plan> plan_;
  std::vector<ImageFeed> feeds_;
  std::mutex mutex_;  // guards what follows
  std::vector<Counts> counts_;
  std::int64_t done_ = 0;
};

}  // namespace roofscape::engine
