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
              StatusIs(Code::kResourceExhausted, HasSubstr("more than 4096 combinations")));
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

}  // namespace
}  // namespace roofscape::explore
