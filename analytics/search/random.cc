// Uniformly random points: the yardstick for every other searcher.
#include "analytics/search/history.h"
#include "analytics/search/searchers.h"

namespace roofscape::search {
namespace {

class RandomSearcher : public HistorySearcher {
 public:
  RandomSearcher(const Problem& problem, std::uint64_t seed) : HistorySearcher("random", problem, seed) {}

 protected:
  std::vector<Point> propose(std::size_t count, Rng rng) override {
    std::vector<Point> points;
    fill_randomly(points, count, rng);
    return points;
  }
  void learn(std::span<const Outcome>) override {}
  void forget() override {}
};

}  // namespace

Result<std::unique_ptr<Searcher>> make_random(const Problem& problem, std::uint64_t seed, std::uint64_t) {
  return std::unique_ptr<Searcher>(std::make_unique<RandomSearcher>(problem, seed));
}

}  // namespace roofscape::search
