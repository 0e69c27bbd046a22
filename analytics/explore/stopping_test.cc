#include "analytics/explore/stopping.h"

#include <gtest/gtest.h>

#include <cmath>

namespace roofscape::explore {
namespace {

double grows(std::int64_t evaluations) { return static_cast<double>(evaluations); }
double flat(std::int64_t) { return 0.5; }

TEST(StoppingRules, OffTheyNeverStop) {
  double now = 0;
  StoppingRules rules(0, 0, 0, [&] { return now; });
  now = 1e9;
  EXPECT_FALSE(rules.stop(1'000'000, 0, flat));
}

TEST(StoppingRules, APlateauIsALastQuarterThatAddedTooLittle) {
  StoppingRules rules(0.3, 0, 0, [] { return 0.0; });
  EXPECT_FALSE(rules.stop(39, 0, flat)) << "the first forty are never judged";
  EXPECT_TRUE(rules.stop(40, 0, flat));
  EXPECT_TRUE(rules.stop(40, 0, grows)) << "a quarter more is less than 0.3";
  EXPECT_FALSE(StoppingRules(0.2, 0, 0, [] { return 0.0; }).stop(40, 0, grows));
  EXPECT_FALSE(rules.stop(100, 0, [](std::int64_t) { return 0.0; })) << "nothing feasible yet is no plateau";
}

TEST(StoppingRules, APlateauCountsFromTheExtension) {
  StoppingRules rules(0.1, 0, 0, [] { return 0.0; });
  for (std::int64_t evaluated = 1; evaluated < 140; ++evaluated)
    EXPECT_FALSE(rules.stop(evaluated, 100, flat)) << evaluated;
  EXPECT_TRUE(rules.stop(140, 100, flat));
  // The quarter is one of those since then: 75 of 100 more, where 125 of all 200 would say otherwise.
  const auto steps = [](std::int64_t n) { return n < 170 ? 1.0 : 2.0; };
  EXPECT_TRUE(rules.stop(200, 0, flat));
  EXPECT_FALSE(rules.stop(200, 0, steps));
  EXPECT_TRUE(rules.stop(200, 100, steps));
}

TEST(StoppingRules, TimeCountsFromTheStartTheReplaysEndOrTheExtension) {
  double now = 100;
  StoppingRules fresh(0, 10, 0, [&] { return now; });
  EXPECT_FALSE(fresh.stop(1, 0, grows));
  now += 10;
  EXPECT_TRUE(fresh.stop(2, 0, grows));
  EXPECT_FALSE(fresh.stop(2, 2, grows)) << "extended while it runs";
  now += 9;
  EXPECT_FALSE(fresh.stop(5, 2, grows));
  now += 1;
  EXPECT_TRUE(fresh.stop(7, 2, grows));

  StoppingRules resumed(0, 10, 50, [&] { return now; });
  now += 1000;
  EXPECT_FALSE(resumed.stop(49, 40, grows)) << "going through what is stored takes no time";
  EXPECT_FALSE(resumed.stop(50, 40, grows));
  now += 10;
  EXPECT_TRUE(resumed.stop(51, 40, grows));
}

}  // namespace
}  // namespace roofscape::explore
