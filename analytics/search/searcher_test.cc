#include "analytics/search/searcher.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "analytics/base/status_matchers.h"
#include "analytics/search/history.h"
#include "analytics/search/synthetic_space.h"

namespace roofscape::search {
namespace {

using roofscape::testing::IsOk;
using roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

// A problem of `sizes` choices with one measured and one priced objective; `allowed` says what is feasible by price.
Problem small_problem(std::vector<std::uint32_t> sizes, std::function<bool(const Point&)> allowed) {
  Problem problem;
  problem.group.resize(sizes.size());
  std::iota(problem.group.begin(), problem.group.end(), 0U);
  problem.base.assign(sizes.size(), 0);
  problem.choices = std::move(sizes);
  problem.measured = {true, false};
  problem.measured_count = 1;
  problem.fronts = {{{0, 1}, {0, 0}, {100, 100}}};
  problem.price = [allowed](const Point& point) {
    const double cost = 50 - std::accumulate(point.begin(), point.end(), 0.0);
    const bool feasible = allowed(point);
    return Priced{feasible, feasible ? 0.0 : 1.0, {std::nan(""), cost}};
  };
  return problem;
}

Outcome measure_small(const Problem& problem, const Point& point) {
  const double measured = 3 * std::accumulate(point.begin(), point.end(), 0.0) + (point[0] == 1 ? 5 : 0);
  double violation = 0;
  for (const Problem::MeasuredLimit& limit : problem.limits) violation += std::max(0.0, measured - limit.at_most);
  return {point, {measured, problem.price(point).objectives[1]}, {measured}, violation};
}

std::vector<Outcome> exhaust(const Problem& problem, Searcher& searcher, std::size_t batch) {
  std::vector<Outcome> all;
  for (;;) {
    std::vector<Outcome> outcomes;
    for (const Point& point : searcher.ask(batch)) outcomes.push_back(measure_small(problem, point));
    if (outcomes.empty()) return all;
    searcher.tell(outcomes);
    all.insert(all.end(), outcomes.begin(), outcomes.end());
  }
}

class EverySearcher : public ::testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Searcher> make(const Problem& problem, std::uint64_t seed = 1, std::uint64_t evaluations = 200) {
    auto made = make_searcher(GetParam(), problem, seed, evaluations);
    EXPECT_TRUE(made.ok()) << made.status().message();
    return std::move(*made);
  }
};
INSTANTIATE_TEST_SUITE_P(All, EverySearcher, ::testing::Values("surrogate", "nsga2", "random", "grid"),
                         [](const auto& searcher) { return searcher.param; });

TEST(Registry, EveryListedSearcherIsTestedHereAndNamed) {
  std::set<std::string> ids;
  for (const SearcherInfo& searcher : searchers()) ids.insert(searcher.id);
  EXPECT_EQ(ids, (std::set<std::string>{"surrogate", "nsga2", "random", "grid"}));
  const Problem problem = small_problem({2}, [](const Point&) { return true; });
  EXPECT_THAT(make_searcher("nsga", problem, 1, 10),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("'nsga'"), HasSubstr("did you mean 'nsga2'"))));
}

TEST_P(EverySearcher, ExhaustsATinySpaceWithoutAskingTwiceOrTooMany) {
  const Problem problem = small_problem({3, 4, 1, 2}, [](const Point&) { return true; });
  for (const std::size_t batch : {1U, 5U, 20U}) {
    const auto searcher = make(problem);
    std::set<Point> seen;
    for (;;) {
      std::vector<Outcome> outcomes;
      const std::vector<Point> points = searcher->ask(batch);
      ASSERT_LE(points.size(), batch);
      if (points.empty()) break;
      for (const Point& point : points) {
        ASSERT_EQ(point.size(), 4U);
        for (std::size_t v = 0; v < 4; ++v) ASSERT_LT(point[v], problem.choices[v]);
        ASSERT_TRUE(seen.insert(point).second) << "asked twice";
        outcomes.push_back(measure_small(problem, point));
      }
      searcher->tell(outcomes);
    }
    EXPECT_EQ(seen.size(), 24U);
    EXPECT_TRUE(searcher->ask(batch).empty());
  }
}

// What others measured is there from the start: ten candidates reach what they reached.
TEST(Surrogate, LearnsFromWhatOthersMeasured) {
  const SyntheticSpace space(8, 5);
  const auto run = [&](const Problem& problem, std::size_t evaluations) {
    const auto searcher = *make_searcher("surrogate", problem, 2, evaluations);
    std::vector<Outcome> outcomes = {space.measure(problem.base)};
    searcher->tell(outcomes);
    while (outcomes.size() < evaluations) {
      std::vector<Outcome> batch;
      for (const Point& point : searcher->ask(5)) batch.push_back(space.measure(point));
      searcher->tell(batch);
      outcomes.insert(outcomes.end(), batch.begin(), batch.end());
    }
    return outcomes;
  };
  Problem problem = space.problem();
  const std::vector<Outcome> others = run(problem, 60);
  const double alone = mean_hypervolume(problem, run(problem, 16));
  problem.known = others;
  const double taught = mean_hypervolume(problem, run(problem, 16));
  EXPECT_GT(taught, alone);
  EXPECT_GT(taught, 0.9 * mean_hypervolume(problem, others));
}

// Points that differ in what changes nothing are one network: measuring it again would teach nothing.
TEST(Surrogate, DoesNotAskForANetworkTwice) {
  SyntheticSpace space(6, 3);
  Problem problem = space.problem();
  const auto price = problem.price;
  const auto same = [](Point point) {
    point[0] = 0;  // the first layer's choice is ignored
    return point;
  };
  problem.damage[0].assign(problem.damage[0].size(), 0.0);
  problem.price = [&](const Point& point) {
    Priced priced = price(same(point));
    Hasher hasher("test/1");
    priced.content = hasher.add_range(std::span<const std::uint16_t>(same(point))).finish();
    return priced;
  };
  const auto searcher = *make_searcher("surrogate", problem, 1, 60);
  std::set<Point> seen;
  const auto tell = [&](const std::vector<Point>& points) {
    std::vector<Outcome> outcomes;
    for (const Point& point : points) {
      outcomes.push_back(space.measure(same(point)));
      outcomes.back().point = point;
    }
    searcher->tell(outcomes);
  };
  tell({problem.base});
  std::size_t asked = 0, distinct = 0;
  for (int batch = 0; batch < 8; ++batch) {
    const std::vector<Point> points = searcher->ask(5);
    for (const Point& point : points) distinct += seen.insert(same(point)).second ? 1 : 0;
    asked += points.size();
    tell(points);
  }
  EXPECT_EQ(asked, 40U);
  EXPECT_GE(distinct, asked - 1) << "anchors alone may be of one network";
}

TEST_P(EverySearcher, AsksOnlyWhatThePriceAllowsAndFindsAllOfIt) {
  const Problem problem = small_problem({4, 4, 4}, [](const Point& p) { return p[0] + p[1] + p[2] >= 7; });
  const auto searcher = make(problem);
  const std::vector<Outcome> all = exhaust(problem, *searcher, 6);
  EXPECT_EQ(all.size(), 10U);  // sums of 7, 8 and 9 out of three values up to 3: 6 + 3 + 1
}

TEST_P(EverySearcher, NeverAsksWhatItWasTold) {
  const Problem problem = small_problem({3, 3}, [](const Point&) { return true; });
  const auto searcher = make(problem);
  searcher->tell(std::vector<Outcome>{measure_small(problem, problem.base)});
  const std::vector<Outcome> all = exhaust(problem, *searcher, 4);
  EXPECT_EQ(all.size(), 8U);
  for (const Outcome& outcome : all) EXPECT_NE(outcome.point, problem.base);
}

TEST_P(EverySearcher, EndsWhereNothingIsFeasible) {
  const Problem problem = small_problem({3, 3}, [](const Point&) { return false; });
  EXPECT_TRUE(make(problem)->ask(5).empty());
}

TEST_P(EverySearcher, AsksForTheOnePointOfASpaceWithoutVariables) {
  const Problem problem = small_problem({}, [](const Point&) { return true; });
  const auto searcher = make(problem);
  EXPECT_EQ(searcher->ask(3), std::vector<Point>{Point{}});
  EXPECT_TRUE(searcher->ask(3).empty());
}

TEST_P(EverySearcher, SameSeedSameRunAndLoadedAtAnyStepGoesOnAsTheOriginal) {
  const SyntheticSpace space(3, 5);
  const auto searcher = make(space.problem(), 9, 1000);
  const auto twin = make(space.problem(), 9, 1000);
  for (int step = 0; step < 7; ++step) {
    const std::string dumped = searcher->dump();
    const auto loaded = make(space.problem(), 9, 1000);
    ASSERT_THAT(loaded->load(dumped), IsOk()) << "step " << step;
    EXPECT_EQ(loaded->dump(), dumped);
    const std::vector<Point> points = searcher->ask(11);
    ASSERT_EQ(points, twin->ask(11)) << "step " << step;
    ASSERT_EQ(points, loaded->ask(11)) << "step " << step;
    // Between ask and tell the state holds too: nothing asked is asked again.
    const auto between = make(space.problem(), 9, 1000);
    ASSERT_THAT(between->load(searcher->dump()), IsOk());
    std::vector<Outcome> outcomes;
    for (const Point& point : points) outcomes.push_back(space.measure(point));
    searcher->tell(outcomes);
    twin->tell(outcomes);
    between->tell(outcomes);
    EXPECT_EQ(between->dump(), searcher->dump());
  }
}

TEST_P(EverySearcher, LoadForgetsWhatCameBefore) {
  const SyntheticSpace space(3, 5);
  const auto searcher = make(space.problem(), 9, 1000);
  const std::string fresh = searcher->dump();
  const std::vector<Point> first = searcher->ask(10);
  std::vector<Outcome> outcomes;
  for (const Point& point : first) outcomes.push_back(space.measure(point));
  searcher->tell(outcomes);
  ASSERT_THAT(searcher->load(fresh), IsOk());
  EXPECT_EQ(searcher->ask(10), first);
}

TEST_P(EverySearcher, RefusesAStateThatIsNotItsOwn) {
  const SyntheticSpace space(3, 5);
  const auto searcher = make(space.problem(), 9, 1000);
  std::vector<Outcome> outcomes;
  for (const Point& point : searcher->ask(3)) outcomes.push_back(space.measure(point));
  searcher->tell(outcomes);
  const std::string good = searcher->dump();
  EXPECT_THAT(make(space.problem(), 8, 1000)->load(good), StatusIs(Code::kFailedPrecondition, HasSubstr("seed 9")));
  const SyntheticSpace other(4, 5);
  EXPECT_THAT(make(other.problem(), 9, 10000)->load(good), StatusIs(Code::kDataLoss, HasSubstr("line 2")));
  EXPECT_THAT(searcher->load(""), StatusIs(Code::kDataLoss, HasSubstr("damaged")));
  // Cut anywhere, it is refused: every state ends in a line that says so.
  for (std::size_t length = 0; length + 1 < good.size(); length += 7)
    EXPECT_THAT(searcher->load(good.substr(0, length)), StatusIs(Code::kDataLoss, HasSubstr("state"))) << length;
  std::string garbled = good;
  garbled[good.find("told") + 5] = 'x';
  EXPECT_THAT(searcher->load(garbled), StatusIs(Code::kDataLoss, HasSubstr("damaged")));
}

TEST_P(EverySearcher, FindsFeasiblePointsInALargeSpaceThatIsMostlyForbidden) {
  if (GetParam() == "grid") GTEST_SKIP() << "grid refuses a space of this size, as its own test shows";
  // Only one point in 10^6 holds the price by chance, so they must be looked for.
  Problem problem = small_problem(std::vector<std::uint32_t>(20, 2), [](const Point&) { return true; });
  problem.choices.assign(20, 10);
  problem.price = [](const Point& point) {
    const double sum = std::accumulate(point.begin(), point.end(), 0.0);
    return Priced{sum >= 150, std::max(0.0, 150 - sum), {std::nan(""), 200 - sum}};
  };
  problem.fronts[0].reference = {1000, 1000};
  const auto searcher = make(problem);
  const std::vector<Point> points = searcher->ask(20);
  EXPECT_EQ(points.size(), 20U);
  for (const Point& point : points) EXPECT_TRUE(problem.price(point).feasible);
}

TEST(Grid, GoesThroughAllPointsInOrderAndRefusesTooMany) {
  const Problem problem = small_problem({2, 3}, [](const Point&) { return true; });
  RS_ASSERT_OK_AND_ASSIGN(const auto searcher, make_searcher("grid", problem, 1, 6));
  EXPECT_EQ(searcher->ask(10), (std::vector<Point>{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}}));
  EXPECT_THAT(make_searcher("grid", problem, 1, 5),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("6 of them"), HasSubstr("may measure 5"))));
  const Problem large = small_problem(std::vector<std::uint32_t>(12, 10), [](const Point&) { return true; });
  EXPECT_THAT(make_searcher("grid", large, 1, 200), StatusIs(Code::kInvalidArgument, HasSubstr("1.0e12")));
}

TEST(SpaceSize, IsExactUntilItSaturates) {
  EXPECT_EQ(space_size(small_problem({}, nullptr)), 1U);
  EXPECT_EQ(space_size(small_problem({3, 4, 5}, nullptr)), 60U);
  const Problem huge = small_problem(std::vector<std::uint32_t>(40, 10), nullptr);
  EXPECT_EQ(space_size(huge), std::uint64_t{1} << 63);
  EXPECT_EQ(space_size_text(huge), "1.0e40");
  EXPECT_EQ(space_size_text(small_problem({1000, 1000}, nullptr)), "1000000");
}

TEST(MeanHypervolume, IsNormalisedAveragedAndBlindToInfeasibleOutcomes) {
  Problem problem = small_problem({2}, [](const Point&) { return true; });
  problem.fronts = {{{0, 1}, {0, 0}, {10, 10}}, {{1}, {0}, {10}}};
  const std::vector<Outcome> outcomes = {{{0}, {5, 5}, {5}, 0}, {{1}, {0, 0}, {0}, 0.1}};
  EXPECT_DOUBLE_EQ(mean_hypervolume(problem, outcomes), (0.25 + 0.5) / 2);
  EXPECT_EQ(mean_hypervolume(problem, {}), 0);
  const std::vector<Outcome> beyond = {{{0}, {-5, 5}, {5}, 0}};
  EXPECT_DOUBLE_EQ(mean_hypervolume(problem, beyond), (0.5 + 0.5) / 2);  // no more than at the ideal
}

TEST(Constraints, NsgaAndSurrogateMoveIntoTheFeasiblePart) {
  for (const std::string id : {"nsga2", "surrogate"}) {
    Problem problem = small_problem(std::vector<std::uint32_t>(8, 6), [](const Point&) { return true; });
    problem.limits = {{0, 30}};  // measured ≤ 30: a random point has 3·20 = 60
    problem.fronts[0].reference = {30, 50};
    RS_ASSERT_OK_AND_ASSIGN(const auto searcher, make_searcher(id, problem, 3, 120));
    std::size_t early = 0, late = 0;
    for (int batch = 0; batch < 6; ++batch) {
      std::vector<Outcome> outcomes;
      for (const Point& point : searcher->ask(20)) outcomes.push_back(measure_small(problem, point));
      for (const Outcome& outcome : outcomes) (batch < 3 ? early : late) += outcome.violation == 0 ? 1 : 0;
      searcher->tell(outcomes);
    }
    EXPECT_GT(late, early) << id;
    if (id == "surrogate") {
      EXPECT_GE(late, 30U) << "half of what is asked later should hold the limit";
    }
  }
}

}  // namespace
}  // namespace roofscape::search
