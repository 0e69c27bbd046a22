#include "analytics/explore/space.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "analytics/explore/test_job.h"

namespace roofscape::explore {
namespace {

using roofscape::testing::StatusIs;
using ::testing::HasSubstr;
using testing::numbers;
using testing::small_network;

Rule rule(std::string layers, std::string op, std::vector<MethodChoices> methods) {
  return {std::move(layers), std::move(op), std::move(methods)};
}

Rule required(Rule rule) {
  rule.required = true;
  return rule;
}

void expect_error(const std::vector<Rule>& rules, Code code, const std::string& field, const std::string& text) {
  const auto space = Space::create(small_network(), rules);
  EXPECT_THAT(space, StatusIs(code, HasSubstr(text)));
  EXPECT_EQ(space.status().field(), field);
}

TEST(Space, SpansEveryLayerThatAMethodAppliesTo) {
  RS_ASSERT_OK_AND_ASSIGN(
      const Space space,
      Space::create(small_network(), {rule("*", "", {{"integer", {{"weight_bits", numbers({2, 4})}}}}),
                                      rule("", "Conv", {{"prune_filters", {{"fraction", numbers({0, 0.5})}}}})}));
  ASSERT_EQ(space.variables().size(), 5U);  // conv1 and conv2 twice, fc once
  EXPECT_EQ(space.variables()[0].layers, std::vector<std::string>{"conv1"});
  EXPECT_EQ(space.variables()[0].methods, std::vector<std::string>{"integer"});
  EXPECT_EQ(space.variables()[1].methods, std::vector<std::string>{"prune_filters"});
  // Pruning nothing is to leave the layer: one choice, not two.
  EXPECT_EQ(space.choices(), (std::vector<std::uint32_t>{3, 2, 3, 2, 3}));
  EXPECT_EQ(space.groups()[0], space.groups()[1]);
  EXPECT_NE(space.groups()[0], space.groups()[2]);
  EXPECT_TRUE(space.recipe(space.base()).empty());
  const auto& knobs = space.variables()[0].choices[0][0].knobs;
  EXPECT_EQ(knobs.at("weight_bits"), approx::KnobValue(2.0));
  EXPECT_EQ(knobs.at("activation_bits"), approx::KnobValue(8.0)) << "knobs left out keep their default";
}

TEST(Space, RecipesStandInTheOrderOfApplication) {
  RS_ASSERT_OK_AND_ASSIGN(const Space space,
                          Space::create(small_network(), {rule("conv*", "",
                                                               {{"integer", {{"weight_bits", numbers({4})}}},
                                                                {"prune_filters", {{"fraction", numbers({0.5})}}}})}));
  const approx::Recipe recipe = space.recipe({1, 1, 1, 1});
  ASSERT_EQ(recipe.size(), 4U);
  EXPECT_EQ(recipe[0].method + recipe[0].layer, "prune_filtersconv1");
  EXPECT_EQ(recipe[1].method + recipe[1].layer, "prune_filtersconv2");
  EXPECT_EQ(recipe[2].method + recipe[2].layer, "integerconv1");
  EXPECT_EQ(recipe[3].method + recipe[3].layer, "integerconv2");
}

TEST(Space, LaterRulesAddValuesOfEachKnob) {
  RS_ASSERT_OK_AND_ASSIGN(
      const Space space,
      Space::create(
          small_network(),
          {rule("*", "", {{"integer", {{"weight_bits", numbers({2, 4, 2})}, {"activation_bits", numbers({4, 8})}}}}),
           rule("fc", "", {{"integer", {{"weight_bits", numbers({4, 6})}}}})}));
  EXPECT_EQ(space.choices(), (std::vector<std::uint32_t>{5, 5, 7}));  // 1 + 2·2, and 1 + 3·2 for fc
}

TEST(Space, TraitsPlaceChoicesByTheirKnobsAndLeaveItWhereTheIdentityIs) {
  RS_ASSERT_OK_AND_ASSIGN(
      const Space space,
      Space::create(small_network(), {rule("conv1", "",
                                           {{"integer", {{"weight_bits", numbers({2, 4, 8})}}},
                                            {"prune_filters", {{"fraction", numbers({0.25, 0.5})}}}})}));
  const auto traits = space.traits();
  ASSERT_EQ(traits.size(), 2U);
  ASSERT_EQ(traits[0].size(), 4U);
  for (const auto& all : traits)
    for (const search::Values& one : all) {
      EXPECT_EQ(one.size(), all[0].size());
      for (double value : one) EXPECT_TRUE(value >= 0 && value <= 1);
    }
  // fraction: 0 (leave it), 0.25, 0.5.
  EXPECT_EQ(traits[1], (std::vector<search::Values>{{0}, {0.5}, {1}}));
  // weight_bits: 8 is nearer to leaving it than 2 is.
  const auto distance = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t k = 0; k < traits[0][a].size(); ++k) sum += std::abs(traits[0][a][k] - traits[0][b][k]);
    return sum;
  };
  EXPECT_LT(distance(0, 3), distance(0, 1));
}

TEST(Space, ErrorsSayWhereAndWhatWouldBeRight) {
  const MethodChoices integer{"integer", {{"weight_bits", numbers({4})}}};
  expect_error({rule("conv9", "", {integer})}, Code::kInvalidArgument, "[0].layers", "did you mean 'conv");
  expect_error({rule("", "Convolution", {integer})}, Code::kInvalidArgument, "[0].op",
               "no layer computes 'Convolution'");
  expect_error({rule("fc", "Conv", {integer})}, Code::kInvalidArgument, "[0].op",
               "no layer named 'fc' computes 'Conv'");
  expect_error({rule("*", "", {})}, Code::kInvalidArgument, "[0]", "offers no method");
  expect_error({rule("*", "", {integer}), rule("*", "", {{"intejer", {}}})}, Code::kInvalidArgument, "[1].intejer",
               "did you mean 'integer'");
  expect_error({rule("*", "", {{"integer", {{"weight_bit", numbers({4})}}}})}, Code::kInvalidArgument,
               "[0].integer.weight_bit", "did you mean 'weight_bits'");
  expect_error({rule("*", "", {{"integer", {{"weight_bits", numbers({4, 8, 17})}}}})}, Code::kOutOfRange,
               "[0].integer.weight_bits[2]", "weight_bits is 17; use 2 to 16");
  expect_error({rule("*", "", {{"integer", {{"weight_bits", {approx::KnobValue(std::string("four"))}}}}})},
               Code::kInvalidArgument, "[0].integer.weight_bits[0]", "whole number");
  expect_error({rule("*", "", {{"integer", {{"weight_bits", {}}}}})}, Code::kInvalidArgument, "[0].integer.weight_bits",
               "no value");
  expect_error({rule("", "Relu", {integer})}, Code::kInvalidArgument, "[0].integer", "applies to none of the 2 layers");
  std::vector<approx::KnobValue> many;
  for (int i = 0; i < 5000; ++i) many.push_back(0.0001 * (i + 1));
  EXPECT_THAT(Space::create(small_network(), {rule("fc", "", {{"prune", {{"fraction", many}}}})}),
              StatusIs(Code::kResourceExhausted,
                       HasSubstr("prune has 5000 combinations of knob values (5000 fraction); offer at most 4096")));
}

TEST(Space, NamesFromOutsideArePrintable) {
  const auto space = Space::create(small_network(), {rule("\x1b[31m", "", {{"integer", {}}})});
  EXPECT_THAT(space, StatusIs(Code::kInvalidArgument, HasSubstr("\\x1b[31m")));
}

TEST(Space, OfIdentitiesAloneHasNoVariables) {
  RS_ASSERT_OK_AND_ASSIGN(const Space space,
                          Space::create(small_network(), {rule("fc", "", {{"prune", {{"fraction", numbers({0})}}}})}));
  EXPECT_TRUE(space.variables().empty());
}

TEST(Space, OfRequiredRulesLeavesNoLayerAlone) {
  RS_ASSERT_OK_AND_ASSIGN(
      const Space space,
      Space::create(small_network(), {required(rule("*", "", {{"integer", {{"weight_bits", numbers({2, 8, 4})}}}})),
                                      rule("", "Conv", {{"prune_filters", {{"fraction", numbers({0, 0.5})}}}})}));
  EXPECT_EQ(space.choices(), (std::vector<std::uint32_t>{3, 2, 3, 2, 3}));
  EXPECT_FALSE(space.contains_base());
  EXPECT_EQ(space.points_wanted(10), 9U) << "the base network is measured besides";
  EXPECT_FALSE(space.variables()[0].optional);
  EXPECT_TRUE(space.variables()[1].optional);
  const auto traits = space.traits();
  for (std::size_t v = 0; v < traits.size(); ++v) EXPECT_EQ(traits[v].size(), space.choices()[v]);
  // 8 bits approximate least.
  EXPECT_EQ(space.base(), (search::Point{1, 0, 1, 0, 1}));
  const approx::Recipe least = space.recipe(space.base());
  ASSERT_EQ(least.size(), 3U);
  for (const approx::Step& step : least) EXPECT_EQ(step.knobs.at("weight_bits"), approx::KnobValue(8.0));
  EXPECT_EQ(space.recipe({0, 1, 0, 1, 0}).size(), 5U);
}

TEST(Space, WithoutRequiredRulesContainsTheBaseNetwork) {
  RS_ASSERT_OK_AND_ASSIGN(const Space space, Space::create(small_network(), {rule("*", "", {{"integer", {}}})}));
  EXPECT_TRUE(space.contains_base());
  EXPECT_EQ(space.base(), (search::Point{0, 0, 0}));
  EXPECT_EQ(space.points_wanted(10), 10U);
}

TEST(Space, RequiresOneOfMethodsThatExcludeEachOther) {
  const MethodChoices integer{"integer", {{"weight_bits", numbers({4, 8})}}}, minifloat{"minifloat", {}};
  RS_ASSERT_OK_AND_ASSIGN(const Space either,
                          Space::create(small_network(), {required(rule("fc", "", {integer, minifloat}))}));
  EXPECT_EQ(either.choices(), std::vector<std::uint32_t>{3});
  // Another rule's method would take the place of the one that is required, and so is no choice.
  RS_ASSERT_OK_AND_ASSIGN(const Space one, Space::create(small_network(), {required(rule("fc", "", {integer})),
                                                                           rule("*", "", {minifloat})}));
  EXPECT_EQ(one.choices(), (std::vector<std::uint32_t>{2, 2, 2}));
  EXPECT_EQ(one.variables()[2].choices[0][0].method, "integer");
  EXPECT_TRUE(one.variables()[0].optional);
  expect_error(
      {required(rule("fc", "", {integer})), required(rule("*", "", {minifloat}))}, Code::kInvalidArgument, "[1]",
      "layer 'fc': rules [0], [1] each require a method, and no choice of integer, minifloat uses one of each");
}

TEST(Space, OtherRulesAddToARequiredOneAndDoNotWeakenIt) {
  const MethodChoices small{"integer", {{"weight_bits", numbers({2})}}},
      large{"integer", {{"weight_bits", numbers({8})}}};
  for (const bool first : {true, false}) {
    std::vector<Rule> rules = {required(rule("conv*", "", {small})), rule("*", "", {large})};
    if (!first) std::swap(rules[0], rules[1]);
    RS_ASSERT_OK_AND_ASSIGN(const Space space, Space::create(small_network(), rules));
    EXPECT_EQ(space.choices(), (std::vector<std::uint32_t>{2, 2, 2})) << "fc: leave it, or 8 bits";
    EXPECT_FALSE(space.variables()[0].optional);
    EXPECT_TRUE(space.variables()[2].optional);
  }
  // What another rule offers as "leave it" falls away.
  RS_ASSERT_OK_AND_ASSIGN(
      const Space pruned,
      Space::create(small_network(),
                    {rule("*", "Conv", {{"prune_filters", {{"fraction", numbers({0, 0.5})}}}}),
                     required(rule("conv2", "", {{"prune_filters", {{"fraction", numbers({0.25})}}}}))}));
  EXPECT_EQ(pruned.choices(), (std::vector<std::uint32_t>{2, 2}));
  RS_ASSERT_OK_AND_ASSIGN(const Space together, Space::create(small_network(), {{"conv*", "", {small}, true, true}}));
  EXPECT_EQ(together.choices(), std::vector<std::uint32_t>{1});
  EXPECT_EQ(together.recipe(together.base()).size(), 2U);
}

TEST(Space, ARequiredRuleOffersNoWayToLeaveALayerAlone) {
  expect_error({rule("*", "", {{"integer", {}}}),
                required(rule("conv*", "", {{"prune_filters", {{"fraction", numbers({0.5, 0})}}}}))},
               Code::kInvalidArgument, "[1].prune_filters.fraction[1]",
               "prune_filters with fraction 0 leaves a layer as it is, and the rule requires the method");
  // One of two knobs at its identity changes something.
  EXPECT_THAT(
      Space::create(small_network(), {required(rule("fc", "", {{"integer", {{"weight_bits", numbers({32})}}}}))}),
      roofscape::testing::IsOk());
}

TEST(Configuration, IsOneRecipeAndLaterValuesReplaceEarlierOnes) {
  RS_ASSERT_OK_AND_ASSIGN(
      const approx::Recipe recipe,
      recipe_of(small_network(),
                {rule("*", "", {{"integer", {{"weight_bits", numbers({8})}, {"activation_bits", numbers({4})}}}}),
                 rule("conv1", "", {{"integer", {{"weight_bits", numbers({2})}}}})}));
  ASSERT_EQ(recipe.size(), 3U);
  EXPECT_EQ(recipe[0].layer, "conv1");
  EXPECT_EQ(recipe[0].knobs.at("weight_bits"), approx::KnobValue(2.0));
  EXPECT_EQ(recipe[0].knobs.at("activation_bits"), approx::KnobValue(4.0));
  EXPECT_EQ(recipe[1].knobs.at("weight_bits"), approx::KnobValue(8.0));
  const auto list = recipe_of(small_network(), {rule("*", "", {{"integer", {{"weight_bits", numbers({8, 4})}}}})});
  EXPECT_THAT(list, StatusIs(Code::kInvalidArgument, HasSubstr("one value a knob")));
  EXPECT_EQ(list.status().field(), "[0].integer.weight_bits[1]");
}

TEST(Space, FindsThePointOfARecipe) {
  const Job job = testing::small_job();
  RS_ASSERT_OK_AND_ASSIGN(const Space space, Space::create(job.network, testing::rules_of_every_stage()));
  Rng rng(3);
  for (int round = 0; round < 100; ++round) {
    search::Point point;
    for (std::uint32_t choices : space.choices()) point.push_back(static_cast<std::uint16_t>(rng.below(choices)));
    approx::Recipe recipe = space.recipe(point);
    ASSERT_EQ(space.find(recipe), point) << approx::to_string(recipe);
    if (recipe.empty()) continue;
    recipe[0].knobs["strange"] = 1.0;
    EXPECT_EQ(space.find(recipe), std::nullopt);
  }
}

}  // namespace
}  // namespace roofscape::explore
