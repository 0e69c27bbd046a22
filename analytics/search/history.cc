#include "analytics/search/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "analytics/search/history_text.h"

namespace roofscape::search {

Point point_at(const Problem& problem, std::uint64_t index) {
  Point point(problem.choices.size());
  for (std::size_t v = point.size(); v-- > 0;) {
    point[v] = static_cast<std::uint16_t>(index % problem.choices[v]);
    index /= problem.choices[v];
  }
  return point;
}

HistorySearcher::HistorySearcher(std::string id, const Problem& problem, std::uint64_t seed)
    : id_(std::move(id)), problem_(problem), seed_(seed) {}

std::vector<Point> HistorySearcher::ask(std::size_t count) {
  std::vector<Point> points = propose(count, Rng(seed_).fork(asked_.size()));
  RS_CHECK(points.size() <= count);
  for (const Point& point : points) {
    RS_CHECK(taken_.insert(point).second);
    asked_.push_back(point);
  }
  return points;
}

void HistorySearcher::tell(std::span<const Outcome> outcomes) {
  for (const Outcome& outcome : outcomes) {
    RS_CHECK(outcome.point.size() == problem_.choices.size());
    RS_CHECK(outcome.objectives.size() == problem_.measured.size());
    RS_CHECK(outcome.measured.size() == problem_.measured_count);
    taken_.insert(outcome.point);
  }
  batches_.push_back(outcomes.size());
  told_.insert(told_.end(), outcomes.begin(), outcomes.end());
  learn(outcomes);
}

std::string HistorySearcher::dump() const {
  return history_text({.searcher = id_, .seed = seed_, .asked = asked_, .told = told_, .batches = batches_});
}

Status HistorySearcher::load(std::string_view state) {
  RS_ASSIGN(HistoryRecord record, parse_history(state, problem_));
  if (record.searcher != id_ || record.seed != seed_)
    return failed_precondition("the state is of searcher '{}' with seed {}, not of '{}' with seed {}", record.searcher,
                               record.seed, id_, seed_);
  asked_ = std::move(record.asked);
  taken_ = PointSet(asked_.begin(), asked_.end());
  told_.clear();
  batches_.clear();
  forget();
  const std::span<const Outcome> outcomes(record.told);
  std::size_t first = 0;
  for (std::size_t size : record.batches) {
    tell(outcomes.subspan(first, size));
    first += size;
  }
  return {};
}

Point HistorySearcher::random_point(Rng& rng) const {
  Point point(problem_.choices.size());
  for (std::size_t v = 0; v < point.size(); ++v) point[v] = static_cast<std::uint16_t>(rng.below(problem_.choices[v]));
  return point;
}

void HistorySearcher::fill_randomly(std::vector<Point>& proposed, std::size_t count, Rng& rng) const {
  PointSet seen(proposed.begin(), proposed.end());
  // As many draws in a row may fail before something cleverer is tried.
  constexpr int kDraws = 200, kRepairs = 20;
  for (int failures = 0; proposed.size() < count && failures < kDraws + kRepairs;) {
    Point point = random_point(rng);
    const bool repaired = failures < kDraws || repair(point, rng);
    if (repaired && !taken(point) && !seen.contains(point) && problem_.price(point).feasible) {
      seen.insert(point);
      proposed.push_back(std::move(point));
      failures = std::min(failures, kDraws);
    } else {
      ++failures;
    }
  }
  if (proposed.size() < count) scan(proposed, seen, count, rng);
}

bool HistorySearcher::repair(Point& point, Rng& rng) const {
  double violation = problem_.price(point).violation;
  std::vector<std::size_t> order(point.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  for (std::size_t v : order) {
    for (std::uint32_t choice = 0; choice < problem_.choices[v] && violation > 0; ++choice) {
      const std::uint16_t before = std::exchange(point[v], static_cast<std::uint16_t>(choice));
      const double now = problem_.price(point).violation;
      if (now < violation) {
        violation = now;
      } else {
        point[v] = before;
      }
    }
  }
  return problem_.price(point).feasible;
}

void HistorySearcher::scan(std::vector<Point>& proposed, PointSet& seen, std::size_t count, Rng& rng) const {
  constexpr std::uint64_t kVisited = 1U << 22;
  const std::uint64_t size = space_size(problem_);
  if (size > kVisited) return;
  const std::uint64_t start = rng.below(size);
  for (std::uint64_t i = 0; i < size && proposed.size() < count; ++i) {
    Point point = point_at(problem_, (start + i) % size);
    if (taken(point) || seen.contains(point) || !problem_.price(point).feasible) continue;
    seen.insert(point);
    proposed.push_back(std::move(point));
  }
}

}  // namespace roofscape::search
