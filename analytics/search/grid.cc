// Every point, in order, the last variable fastest: for spaces small enough to be looked at whole.
#include "analytics/search/history.h"
#include "analytics/search/searchers.h"

namespace roofscape::search {
namespace {

class GridSearcher : public HistorySearcher {
 public:
  GridSearcher(const Problem& problem, std::uint64_t seed) : HistorySearcher("grid", problem, seed) {}

 protected:
  std::vector<Point> propose(std::size_t count, Rng) override {
    std::vector<Point> points;
    const std::uint64_t size = space_size(problem());
    for (; next_ < size && points.size() < count; ++next_) {
      Point point = point_at(problem(), next_);
      if (!taken(point) && problem().price(point).feasible) points.push_back(std::move(point));
    }
    return points;
  }
  void learn(std::span<const Outcome>) override {}
  void forget() override { next_ = 0; }

 private:
  std::uint64_t next_ = 0;  // every point before this one is taken or infeasible
};

}  // namespace

Result<std::unique_ptr<Searcher>> make_grid(const Problem& problem, std::uint64_t seed, std::uint64_t evaluations) {
  if (space_size(problem) > evaluations)
    return invalid_argument(
        "grid measures every point, and this space has {} of them where the search may measure {}; raise evaluations, "
        "offer fewer values, or use the searcher 'surrogate'",
        space_size_text(problem), evaluations);
  return std::unique_ptr<Searcher>(std::make_unique<GridSearcher>(problem, seed));
}

}  // namespace roofscape::search
