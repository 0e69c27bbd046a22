#include "analytics/explore/candidate_builder.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/engine/calibrate.h"
#include "analytics/explore/assumed_calibration.h"
#include "analytics/explore/test_job.h"
#include "analytics/network/work.h"

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

// What a price rests on is that of the true network: shapes and formats exactly, what is stored nearly.
TEST(CandidateBuilder, RoughNetworksCostWhatTrueOnesDo) {
  const Job job = testing::small_job();
  RS_ASSERT_OK_AND_ASSIGN(const Space space, Space::create(job.network, testing::rules_of_every_stage()));
  RS_ASSERT_OK_AND_ASSIGN(Calibration calibration, engine::calibrate(job.network, job.calibration, job.preparation, {},
                                                                     nullptr, {.second_moments = true}));
  CandidateBuilder builder({job.network, std::move(calibration)}, 7);
  Rng rng(1);
  int built = 0, different = 0;
  for (int round = 0; round < 150; ++round) {
    search::Point point;
    for (std::uint32_t choices : space.choices()) point.push_back(static_cast<std::uint16_t>(rng.below(choices)));
    const approx::Recipe recipe = space.recipe(point);
    const auto exact = builder.build(recipe), rough = builder.build_roughly(recipe);
    ASSERT_EQ(rough.ok(), exact.ok()) << approx::to_string(recipe);
    if (!exact.ok()) continue;
    ++built;
    different += rough->key() == exact->key() ? 0 : 1;
    ASSERT_EQ(rough->size(), exact->size()) << approx::to_string(recipe);
    double rough_bits = 0, exact_bits = 0;
    for (LayerId id = 0; id < exact->size(); ++id) {
      const Layer &a = rough->layer(id), &b = exact->layer(id);
      EXPECT_EQ(a.output_shape, b.output_shape) << a.name << " of " << approx::to_string(recipe);
      EXPECT_EQ(a.arithmetic.weight == nullptr, b.arithmetic.weight == nullptr);
      if (a.arithmetic.weight && b.arithmetic.weight) {
        EXPECT_EQ(a.arithmetic.weight->format.bits(), b.arithmetic.weight->format.bits());
      }
      rough_bits += static_cast<double>(stored_bits(a));
      exact_bits += static_cast<double>(stored_bits(b));
    }
    EXPECT_NEAR(rough_bits, exact_bits, 0.2 * exact_bits) << approx::to_string(recipe);
  }
  EXPECT_GT(built, 50);
  EXPECT_GT(different, 25);
}

TEST(CandidateBuilder, FailsWhereTheRecipeFails) {
  const Job job = testing::small_job();
  CandidateBuilder builder({job.network, assumed_calibration(job.network)}, 7);
  const auto network = builder.build({{"nowhere", "integer", {}}});
  EXPECT_FALSE(network.ok());
  EXPECT_FALSE(builder.build({{"fc", "nothing", {}}}).ok());
  EXPECT_FALSE(builder.build_roughly({{"fc", "nothing", {}}}).ok());
}

}  // namespace
}  // namespace roofscape::explore
