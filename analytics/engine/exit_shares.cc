#include "analytics/engine/exit_shares.h"

#include <algorithm>

#include "analytics/engine/images.h"

namespace roofscape::engine {
namespace {

constexpr std::int64_t kChunk = 4096;  // images whose scores are kept at a time

// The network up to one layer, with what follows it cut off.
Result<Network> up_to(const Network& network, LayerId layer) {
  const auto layers = network.layers().first(static_cast<std::size_t>(layer) + 1);
  return Network::create({layers.begin(), layers.end()}, layer);
}

// Decides for every exit and image, and counts those that get there.
class Counter {
 public:
  explicit Counter(const Network& network) : network_(network) {
    for (LayerId id = 0; id < network.size(); ++id) {
      const auto* select = network.layer(id).as<op::Select>();
      if (select == nullptr) continue;
      exits_.push_back(id);
      shares_.push_back({network.layer(id).name, 0, 0, select->leaving});
    }
  }

  bool has_exits() const { return !exits_.empty(); }

  // Prepared images, plain fp32.
  Status add(const Engine& engine, std::span<const float> images, std::int64_t count) {
    std::vector<std::vector<bool>> leaves;  // of each exit and image, whether it is confident
    for (const LayerId exit : exits_) {
      const LayerId early = network_.layer(exit).inputs[0];
      RS_ASSIGN(const Network part, up_to(network_, early));
      RS_ASSIGN(const std::vector<float> scores, engine.run(part, images, count));
      leaves.push_back(confident(*network_.layer(exit).as<op::Select>(), scores, count));
    }
    for (std::int64_t image = 0; image < count; ++image) count_image(leaves, static_cast<std::size_t>(image));
    return {};
  }

  std::vector<ExitShare> shares() && { return std::move(shares_); }

 private:
  static std::vector<bool> confident(const op::Select& select, std::span<const float> scores, std::int64_t count) {
    const std::size_t classes = scores.size() / static_cast<std::size_t>(count);
    std::vector<bool> leaves;
    for (std::size_t at = 0; at < scores.size(); at += classes)
      leaves.push_back(confidence_of(scores.subspan(at, classes), select.probabilities) >= select.confidence);
    return leaves;
  }

  // Goes back from the output through what this image needs.
  void count_image(const std::vector<std::vector<bool>>& leaves, std::size_t image) {
    std::vector<bool> needed(static_cast<std::size_t>(network_.size()), false);
    needed[static_cast<std::size_t>(network_.output())] = true;
    std::size_t exit = exits_.size();
    for (LayerId id = network_.size() - 1; id >= 0; --id) {
      const Layer& layer = network_.layer(id);
      const bool decides = layer.as<op::Select>() != nullptr;
      if (decides) --exit;
      if (!needed[static_cast<std::size_t>(id)]) continue;
      const bool leaving = decides && leaves[exit][image];
      if (decides) {
        ++shares_[exit].reached;
        shares_[exit].left += leaving ? 1 : 0;
      }
      for (std::size_t i = 0; i < layer.inputs.size(); ++i)
        if (!(leaving && i == 1)) needed[static_cast<std::size_t>(layer.inputs[i])] = true;
    }
  }

  const Network& network_;
  std::vector<LayerId> exits_;
  std::vector<ExitShare> shares_;
};

}  // namespace

Result<std::vector<ExitShare>> exit_shares(const Network& network, const Dataset& dataset,
                                           const Preparation& preparation, const EngineOptions& options,
                                           const CancelToken* cancel) {
  Counter counter(network);
  if (!counter.has_exits()) return std::vector<ExitShare>();
  RS_ASSIGN(const ImageFeed feed, ImageFeed::create(dataset, preparation, network.input_shape()));
  const Engine engine(options);
  const std::int64_t elements = element_count(network.input_shape());
  std::vector<float> images;
  for (std::int64_t first = 0; first < dataset.count; first += kChunk) {
    if (cancel != nullptr && cancel->cancelled()) return cancelled("the measurement was cancelled");
    const std::int64_t count = std::min(kChunk, dataset.count - first);
    images.resize(static_cast<std::size_t>(count * elements));
    feed.write({first, count}, images.data());
    RS_TRY(counter.add(engine, images, count));
  }
  return std::move(counter).shares();
}

}  // namespace roofscape::engine
