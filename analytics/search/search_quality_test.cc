// How good the searchers are, on spaces that are evaluated whole: shares of the true fronts' hypervolume.
#include <gtest/gtest.h>

#include "analytics/search/history.h"
#include "analytics/search/synthetic_space.h"

namespace roofscape::search {
namespace {

// Mean hypervolume of every point of the space: what a search can reach at most.
double exhaustive(const SyntheticSpace& space) {
  std::vector<Outcome> all;
  for (std::uint64_t i = 0; i < space_size(space.problem()); ++i)
    all.push_back(space.measure(point_at(space.problem(), i)));
  return mean_hypervolume(space.problem(), all);
}

double reached(const SyntheticSpace& space, std::string_view id, std::size_t evaluations, std::uint64_t seeds) {
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    sum += mean_hypervolume(space.problem(), run_search(space, id, seed, evaluations));
  return sum / static_cast<double>(seeds) / exhaustive(space);
}

class Quality : public ::testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Spaces, Quality, ::testing::Values(1, 2, 3, 4));

TEST_P(Quality, SurrogateReachesTheFrontOfTenThousandPointsInAHundred) {
  const SyntheticSpace space(4, GetParam());
  ASSERT_GE(space_size(space.problem()), 4000U);
  const double surrogate = reached(space, "surrogate", 100, 3);
  EXPECT_GE(surrogate, 0.97);
  EXPECT_GT(surrogate, reached(space, "nsga2", 100, 3) + 0.1);
  EXPECT_GT(surrogate, reached(space, "random", 100, 3) + 0.1);
}

TEST_P(Quality, SurrogateWithFiftyBeatsTheOthersWithAHundred) {
  const SyntheticSpace space(4, GetParam());
  const double surrogate = reached(space, "surrogate", 50, 3);
  EXPECT_GT(surrogate, reached(space, "nsga2", 100, 3));
  EXPECT_GT(surrogate, reached(space, "random", 100, 3));
}

TEST_P(Quality, SurrogateNeedsNoTraits) {
  const SyntheticSpace space(4, GetParam(), /*traits=*/false);
  EXPECT_GE(reached(space, "surrogate", 150, 2), 0.97);
}

TEST_P(Quality, NsgaBeatsRandom) {
  const SyntheticSpace space(5, GetParam());
  EXPECT_GT(reached(space, "nsga2", 400, 4), reached(space, "random", 400, 4));
}

}  // namespace
}  // namespace roofscape::search
