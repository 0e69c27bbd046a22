#include <algorithm>
#include <array>
#include <cmath>

#include "analytics/base/text.h"
#include "analytics/search/searchers.h"

namespace roofscape::search {
namespace {

// What a builder of problems must get right; a fault here is Roofscape's own.
void check(const Problem& problem) {
  RS_CHECK(problem.price != nullptr);
  RS_CHECK(problem.group.size() == problem.choices.size() && problem.base.size() == problem.choices.size());
  for (std::size_t v = 0; v < problem.choices.size(); ++v)
    RS_CHECK(problem.choices[v] >= 1 && problem.choices[v] <= 65536 && problem.base[v] < problem.choices[v]);
  RS_CHECK(problem.traits.empty() || problem.traits.size() == problem.choices.size());
  for (std::size_t v = 0; v < problem.traits.size(); ++v)
    RS_CHECK(problem.traits[v].empty() || problem.traits[v].size() == problem.choices[v]);
  RS_CHECK(problem.kind.empty() || problem.kind.size() == problem.choices.size());
  RS_CHECK(problem.damage.empty() || problem.damage.size() == problem.choices.size());
  for (std::size_t v = 0; v < problem.damage.size(); ++v) RS_CHECK(problem.damage[v].size() == problem.choices[v]);
  for (const Problem::Front& front : problem.fronts) {
    RS_CHECK(!front.objectives.empty());
    RS_CHECK(front.ideal.size() == front.objectives.size() && front.reference.size() == front.objectives.size());
    for (std::size_t i = 0; i < front.objectives.size(); ++i) {
      RS_CHECK(front.objectives[i] < problem.measured.size());
      RS_CHECK(std::isfinite(front.ideal[i]) && std::isfinite(front.reference[i]) &&
               front.ideal[i] < front.reference[i]);
    }
  }
  for (const Problem::MeasuredLimit& limit : problem.limits) RS_CHECK(limit.measured_index < problem.measured_count);
}

}  // namespace

std::span<const SearcherInfo> searchers() {
  static const std::array<SearcherInfo, 4> kSearchers = {{
      {"surrogate", "Models what is measured and asks where the hypervolume promises to grow most.", true,
       make_surrogate},
      {"nsga2", "Evolves a population of 20 by constraint domination, front rank and crowding.", false, make_nsga2},
      {"random", "Draws points uniformly.", false, make_random},
      {"grid", "Measures every point of a small space.", false, make_grid},
  }};
  return kSearchers;
}

bool learns_from_damage(std::string_view id) {
  const auto all = searchers();
  return std::any_of(all.begin(), all.end(),
                     [&](const SearcherInfo& searcher) { return searcher.id == id && searcher.learns_from_damage; });
}

Result<std::unique_ptr<Searcher>> make_searcher(std::string_view id, const Problem& problem, std::uint64_t seed,
                                                std::uint64_t evaluations) {
  std::vector<std::string> known;
  for (const SearcherInfo& searcher : searchers()) {
    known.push_back(searcher.id);
    if (searcher.id != id) continue;
    check(problem);
    return searcher.make(problem, seed, evaluations);
  }
  return invalid_argument("'{}' is no searcher{}", printable(id), suggestion(id, known));
}

}  // namespace roofscape::search
