// What every searcher shares: the memory of what was asked and told, and its text form.
//
// A searcher proposes as a pure function of (problem, seed, what was asked, what was told): its random numbers are
// forked from the seed by the number of points asked, never kept. So the history is all of its state, and loading is
// replaying.
#pragma once

#include <string>
#include <vector>

#include "analytics/base/rng.h"
#include "analytics/search/searcher.h"

namespace roofscape::search {

class HistorySearcher : public Searcher {
 public:
  std::vector<Point> ask(std::size_t count) final;
  void tell(std::span<const Outcome> outcomes) final;
  std::string dump() const final;
  Status load(std::string_view state) final;

 protected:
  HistorySearcher(std::string id, const Problem& problem, std::uint64_t seed);

  // Up to `count` distinct points that are not taken and feasible by price; `rng` is for this call alone.
  virtual std::vector<Point> propose(std::size_t count, Rng rng) = 0;
  // Called after `outcomes` were added to told().
  virtual void learn(std::span<const Outcome> outcomes) = 0;
  // Called before a replay: forget all that learn() built.
  virtual void forget() = 0;

  const Problem& problem() const { return problem_; }
  const std::vector<Outcome>& told() const { return told_; }
  std::size_t asked_count() const { return asked_.size(); }
  bool taken(const Point& point) const { return taken_.contains(point); }

  // A uniformly random point, whatever its price and whether or not it is taken.
  Point random_point(Rng& rng) const;
  // Adds random points that are not taken, not in `proposed`, and feasible, until there are `count` proposed or none
  // is found: by drawing; by repairing drawn ones; and in spaces up to 2^22 points by looking at all.
  void fill_randomly(std::vector<Point>& proposed, std::size_t count, Rng& rng) const;

 private:
  // Moves single variables to whatever lowers the violation, until none is left or no move helps.
  bool repair(Point& point, Rng& rng) const;
  void scan(std::vector<Point>& proposed, PointSet& seen, std::size_t count, Rng& rng) const;

  std::string id_;
  Problem problem_;
  std::uint64_t seed_;
  std::vector<Point> asked_;
  std::vector<Outcome> told_;
  std::vector<std::size_t> batches_;  // sizes of the calls of tell
  PointSet taken_;                    // asked or told
};

// Point number `index` in mixed radix, the last variable fastest; index < space_size.
Point point_at(const Problem& problem, std::uint64_t index);

}  // namespace roofscape::search
