// NSGA-II over finite choices: parents by tournament on (violation, layer of non-domination, crowding), children by
// exchanging whole layers of the network and mutating single choices. With several fronts an outcome counts as what it
// is on the one where it stands best. No point is ever asked twice.
#include <algorithm>
#include <numeric>

#include "analytics/search/history.h"
#include "analytics/search/ranking.h"
#include "analytics/search/searchers.h"
#include "analytics/search/variation.h"

namespace roofscape::search {
namespace {

class Nsga2Searcher : public HistorySearcher {
 public:
  Nsga2Searcher(const Problem& problem, std::uint64_t seed) : HistorySearcher("nsga2", problem, seed) {}

 protected:
  std::vector<Point> propose(std::size_t count, Rng rng) override {
    std::vector<Point> children;
    PointSet seen;
    // Children that are taken, infeasible or twins fail; so many failures end the breeding.
    int failures_left = static_cast<int>(count) * 20;
    while (population_.size() >= kPopulation / 2 && children.size() < count && failures_left > 0) {
      Point child = breed(rng);
      if (taken(child) || !problem().price(child).feasible || !seen.insert(child).second) {
        --failures_left;
      } else {
        children.push_back(std::move(child));
      }
    }
    fill_randomly(children, count, rng);
    return children;
  }

  void learn(std::span<const Outcome> outcomes) override {
    population_.insert(population_.end(), outcomes.begin(), outcomes.end());
    const std::vector<Rank> ranks = rank_outcomes(problem(), population_);
    std::vector<std::size_t> order(population_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return ranks[a].before(ranks[b]); });
    order.resize(std::min(order.size(), kPopulation));
    std::vector<Outcome> survivors;
    ranks_.clear();
    for (std::size_t i : order) {
      survivors.push_back(population_[i]);
      ranks_.push_back(ranks[i]);
    }
    population_ = std::move(survivors);
  }

  void forget() override {
    population_.clear();
    ranks_.clear();
  }

 private:
  static constexpr std::size_t kPopulation = 20;

  const Point& tournament(Rng& rng) const {
    const std::size_t a = rng.below(population_.size()), b = rng.below(population_.size());
    return population_[ranks_[b].before(ranks_[a]) ? b : a].point;
  }

  Point breed(Rng& rng) const {
    const Point& first = tournament(rng);
    const Point& second = tournament(rng);
    Point child = rng.below(10) == 0 ? first : cross_groups(problem(), first, second, rng);
    mutate(problem(), child, rng);
    return child;
  }

  std::vector<Outcome> population_;
  std::vector<Rank> ranks_;  // of the population, as of the last selection
};

}  // namespace

Result<std::unique_ptr<Searcher>> make_nsga2(const Problem& problem, std::uint64_t seed, std::uint64_t) {
  return std::unique_ptr<Searcher>(std::make_unique<Nsga2Searcher>(problem, seed));
}

}  // namespace roofscape::search
