#include "analytics/explore/candidate_builder.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/engine/calibrate.h"
#include "analytics/explore/assumed_calibration.h"
#include "analytics/explore/test_job.h"

namespace roofscape::explore {
namespace {

TEST(CandidateBuilder, BuildsWhatTheRecipeBuilds) {
  const Job job = testing::small_job();
  std::vector<Rule> rules = job.rules;
  rules.push_back({"*", "", {{"prune", {{"fraction", testing::numbers({0.3, 0.8})}}}}});
  RS_ASSERT_OK_AND_ASSIGN(const Space space, Space::create(job.network, rules));
  const approx::Draft base{job.network, assumed_calibration(job.network)};
  CandidateBuilder builder(base, 7);
  Rng rng(1);
  for (int round = 0; round < 120; ++round) {
    search::Point point;
    for (std::uint32_t choices : space.choices()) point.push_back(static_cast<std::uint16_t>(rng.below(choices)));
    const approx::Recipe recipe = space.recipe(point);
    RS_ASSERT_OK_AND_ASSIGN(const approx::Draft truth, approx::apply_recipe(base, recipe, 7));
    RS_ASSERT_OK_AND_ASSIGN(const Network quick, builder.build(recipe));
    ASSERT_EQ(quick.design_key(), truth.network.design_key()) << approx::to_string(recipe);
  }
}

TEST(CandidateBuilder, BuildsWhatRecipesOfEveryStageBuild) {
  const Job job = testing::small_job();
  RS_ASSERT_OK_AND_ASSIGN(const Space space, Space::create(job.network, testing::rules_of_every_stage()));
  RS_ASSERT_OK_AND_ASSIGN(Calibration calibration, engine::calibrate(job.network, job.calibration, job.preparation, {},
                                                                     nullptr, {.second_moments = true}));
  const approx::Draft base{job.network, std::move(calibration)};
  CandidateBuilder builder(base, 7);
  Rng rng(1);
  int built = 0;
  for (int round = 0; round < 150; ++round) {
    search::Point point;
    for (std::uint32_t choices : space.choices()) point.push_back(static_cast<std::uint16_t>(rng.below(choices)));
    const approx::Recipe recipe = space.recipe(point);
    const auto truth = approx::apply_recipe({base.network, base.calibration}, recipe, 7);
    const auto quick = builder.build(recipe);
    ASSERT_EQ(quick.ok(), truth.ok()) << approx::to_string(recipe);
    if (!truth.ok()) continue;
    ++built;
    ASSERT_EQ(quick->design_key(), truth->network.design_key()) << approx::to_string(recipe);
  }
  EXPECT_GT(built, 50);
}

TEST(CandidateBuilder, FailsWhereTheRecipeFails) {
  const Job job = testing::small_job();
  CandidateBuilder builder({job.network, assumed_calibration(job.network)}, 7);
  const auto network = builder.build({{"nowhere", "integer", {}}});
  EXPECT_FALSE(network.ok());
  EXPECT_FALSE(builder.build({{"fc", "nothing", {}}}).ok());
}

}  // namespace
}  // namespace roofscape::explore
