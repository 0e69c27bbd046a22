#include "analytics/search/expected_gain.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analytics/base/rng.h"

namespace roofscape::search {
namespace {

Problem problem_of(std::vector<bool> measured) {
  Problem problem;
  std::vector<std::size_t> objectives;
  for (std::size_t i = 0; i < measured.size(); ++i) objectives.push_back(i);
  problem.measured = std::move(measured);
  problem.fronts = {{objectives, Values(objectives.size(), 0), Values(objectives.size(), 1)}};
  return problem;
}

Candidate exact_candidate(const Values& values) {
  Candidate candidate;
  for (double value : values) candidate.objectives.push_back(Forecast::exactly(value));
  return candidate;
}

std::vector<Outcome> random_outcomes(Rng& rng, std::size_t count, std::size_t objectives) {
  std::vector<Outcome> outcomes(count);
  for (Outcome& outcome : outcomes)
    for (std::size_t i = 0; i < objectives; ++i) outcome.objectives.push_back(rng.uniform());
  return outcomes;
}

std::vector<Values> objectives_of(const std::vector<Outcome>& outcomes) {
  std::vector<Values> points;
  for (const Outcome& outcome : outcomes) points.push_back(outcome.objectives);
  return points;
}

TEST(ExpectedGain, OfACertainCandidateIsItsHypervolumeGain) {
  Rng rng(3);
  for (const std::size_t objectives : {1U, 2U, 3U, 4U}) {
    Problem problem = problem_of(std::vector<bool>(objectives, false));
    for (int round = 0; round < 40; ++round) {
      const std::vector<Outcome> outcomes = random_outcomes(rng, 5, objectives);
      Values point;
      for (std::size_t i = 0; i < objectives; ++i) point.push_back(0.6 * rng.uniform());
      const double truth = hypervolume_gain(point, objectives_of(outcomes), problem.fronts[0].reference);
      EXPECT_NEAR(ExpectedGain(problem, outcomes, 100).of(exact_candidate(point)), truth, 0.025) << objectives;
    }
  }
}

TEST(ExpectedGain, OfAnUncertainCandidateIsTheMeanOverWhatItMayTurnOutToBe) {
  Rng rng(5);
  const Problem problem = problem_of({true, false, false});
  for (int round = 0; round < 10; ++round) {
    const std::vector<Outcome> outcomes = random_outcomes(rng, 4, 3);
    Candidate candidate = exact_candidate({0, 0.4 * rng.uniform(), 0.4 * rng.uniform()});
    const double centre = rng.uniform();
    candidate.objectives[0] = Forecast::of([&](double t) { return centre + 0.15 * t; }, 0.13);
    const double deviation = std::hypot(0.15, 0.13);
    double sum = 0;
    constexpr int kDraws = 2000;
    for (int draw = 0; draw < kDraws; ++draw) {
      const double value = centre + deviation * rng.normal();
      sum += hypervolume_gain(
          Values{std::max(value, 0.0), candidate.objectives[1].median(), candidate.objectives[2].median()},
          objectives_of(outcomes), problem.fronts[0].reference);
    }
    EXPECT_NEAR(ExpectedGain(problem, outcomes, 7).of(candidate), sum / kDraws, 0.015);
  }
}

TEST(ExpectedGain, FallsWhenOthersAreAssumedAndWithTheProbabilityOfBeingFeasible) {
  const Problem problem = problem_of({true, false});
  ExpectedGain gain(problem, {}, 0);
  Candidate candidate = exact_candidate({0.5, 0.5});
  const double alone = gain.of(candidate);
  EXPECT_NEAR(alone, 0.25, 0.01);
  candidate.feasible = 0.5;
  EXPECT_DOUBLE_EQ(gain.of(candidate), alone / 2);
  candidate.feasible = 1;
  gain.assume(exact_candidate({0.25, 0.75}));
  EXPECT_NEAR(gain.of(candidate), 0.25 - 0.125, 0.01);
  gain.assume(candidate);
  EXPECT_EQ(gain.of(candidate), 0);
}

TEST(ExpectedGain, IgnoresInfeasibleOutcomes) {
  const Problem problem = problem_of({true, false});
  const std::vector<Outcome> outcomes = {{{}, {0, 0}, {}, 0.5}};
  EXPECT_NEAR(ExpectedGain(problem, outcomes, 0).of(exact_candidate({0.5, 0.5})), 0.25, 0.01);
}

}  // namespace
}  // namespace roofscape::search
