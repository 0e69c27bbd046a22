// Measures what networks really score.
//
// A *set* of networks is measured at once: layers with equal keys are one node of a merged graph, and the data goes
// through that graph batch by batch. Each worker thread takes whole batches and runs single-threaded kernels; counts
// are integers and fixed-point sums, so that one thread and many give the same bytes, and so does any set in which a
// network is measured.
//
//   Engine engine({.threads = 2});
//   RS_ASSIGN(std::vector<Counts> counts, engine.measure({&fp32, &int8}, /*reference=*/0, data, preparation, options));
//   Metrics m = metrics(counts[1]);     // top1 with its 95 % interval, agreement, signal to noise …
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/cancel.h"
#include "analytics/base/status.h"
#include "analytics/network/dataset.h"
#include "analytics/network/network.h"

namespace roofscape::engine {

// What one network did on some images. Exact to add in any order.
struct Counts {
  std::int64_t images = 0;
  std::int64_t top1 = 0;  // label is the largest output (ties: the lowest class index wins)
  std::int64_t top5 = 0;
  std::int64_t agree = 0;       // largest output is the reference network's
  std::int64_t loss_fixed = 0;  // Σ cross entropy in units of 2^-20 nats, each image rounded and capped at 2^10 nats
  // Σ over images of the per-image signal-to-noise ratio of the outputs against the reference's, in units of 2^-20 dB,
  // each image rounded and capped at ±200 dB.
  std::int64_t snr_fixed = 0;
  // Σ over images of the Kullback-Leibler divergence of the class probabilities from the reference's, in units of 2^-20
  // nats, each image rounded and capped at 2^10 nats.
  std::int64_t divergence_fixed = 0;
  std::int64_t lost = 0;  // the reference's largest output is the label, this network's is not
  std::int64_t won = 0;   // the other way round
  // Values of layers with an accumulator, over all images, that overflowed it (integer/accumulator.h).
  std::int64_t overflows = 0;

  Counts& operator+=(const Counts& other);
  bool operator==(const Counts&) const = default;
};

struct Interval {
  double low = 0, high = 0;
};

struct Metrics {
  double top1 = 0, top5 = 0, agreement = 0;  // shares of images, 0 to 1
  Interval top1_interval;                    // 95 %, Wilson
  double loss = 0;                           // mean cross entropy, nats
  double snr_db = 0;                         // mean signal to noise against the reference
  double divergence = 0;                     // mean Kullback-Leibler divergence from the reference, nats
};
Metrics metrics(const Counts& counts);

struct EngineOptions {
  int threads = 1;          // worker threads; at least 1
  std::int64_t batch = 64;  // images a batch; part of the fingerprint
  // Kernel ids to force ("ref" forces every naive reference); empty chooses the fastest that applies.
  std::vector<std::string> force_kernels{};
};

// Classes that one network gives to the images from `first` on: each its largest output, as `Counts` counts it.
using ClassObserver =
    std::function<void(std::size_t network, std::int64_t first, std::span<const std::int32_t> classes)>;

struct MeasureOptions {
  std::optional<ImageRange> range{};                         // default: all images
  const CancelToken* cancel = nullptr;                       // looked at between batches
  std::function<void(std::int64_t images_done)> progress{};  // called between batches, from worker threads, serialised
  // Sees every image of every network once, the reference's too. Called from several worker threads at the same time,
  // each with images of its own, in no order: it may write to what belongs to those images without a lock.
  ClassObserver observe{};
};

// Which kernel ran each layer of a network: for the records and for `--kernels`.
struct KernelUse {
  std::string layer, kernel;
  std::vector<std::string> declined;  // "vnni-int8 declines (format): …", those before it in the list
};

class Engine {
 public:
  explicit Engine(EngineOptions options);

  // Counts of each network, in order. All networks must take the data's image shape (or its element count) and give
  // one vector of class scores; labels beyond it are an error. `reference` indexes the network against which
  // agreement and signal to noise are taken.
  Result<std::vector<Counts>> measure(std::span<const Network* const> networks, std::size_t reference,
                                      const Dataset& dataset, const Preparation& preparation,
                                      const MeasureOptions& options = {}) const;

  // Outputs of one network for prepared images, [count, output elements]: for tests, export checks and conformance.
  Result<std::vector<float>> run(const Network& network, std::span<const float> images, std::int64_t count) const;

  // The kernels that `measure` would choose.
  Result<std::vector<KernelUse>> kernels(const Network& network) const;

  // Names all that could change a result's bytes: engine version, batch, and, for float arithmetic, instruction set.
  std::string fingerprint() const;

 private:
  EngineOptions options_;
};

// Work of the merged graph against one by one: MACs a batch image, for benches and tests.
struct MergeReport {
  std::int64_t nodes_merged = 0, nodes_separate = 0;
  std::int64_t macs_merged = 0, macs_separate = 0;
};
MergeReport merge_report(std::span<const Network* const> networks);

}  // namespace roofscape::engine
