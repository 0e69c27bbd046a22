#include "analytics/approx/method.h"

#include <gtest/gtest.h>

#include "analytics/approx/test_networks.h"
#include "analytics/base/status_matchers.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::chain_network;
using ::roofscape::testing::draft_of;
using ::roofscape::testing::residual_network;
using ::roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(CompleteKnobs, FillsInDefaultsAndRefusesUnknownNames) {
  RS_ASSERT_OK_AND_ASSIGN(const Method* const integer, find_method("integer"));
  RS_ASSERT_OK_AND_ASSIGN(const Knobs knobs, complete_knobs(integer->info(), {{"weight_bits", 4.0}}));
  EXPECT_EQ(whole_number(knobs, "weight_bits"), 4);
  EXPECT_EQ(knobs.size(), integer->info().knobs.size());
  const auto unknown = complete_knobs(integer->info(), {{"weigth_bits", 4.0}});
  EXPECT_THAT(unknown, StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("'weigth_bits' is not a knob of integer"),
                                                              HasSubstr("'weight_bits'"))));
  EXPECT_EQ(unknown.status().field(), "weigth_bits");
  EXPECT_THAT(complete_knobs(integer->info(), {{"weight_bits", 1.0}}),
              StatusIs(Code::kOutOfRange, HasSubstr("use 2 to 16")));
}

TEST(FindMethod, NamesWhatWasMeant) {
  EXPECT_THAT(find_method("intger"),
              StatusIs(Code::kInvalidArgument, AllOf(HasSubstr("'intger'"), HasSubstr("integer"))));
}

TEST(ApplyRecipe, OrderOfWritingDoesNotMatter) {
  const Draft base = draft_of(chain_network());
  Recipe recipe = {{"conv2", "integer", {{"weight_bits", 4.0}}},
                   {"fc1", "prune", {{"fraction", 0.5}}},
                   {"conv1", "prune_filters", {{"fraction", 0.5}}},
                   {"conv1", "integer", {}}};
  RS_ASSERT_OK_AND_ASSIGN(const Draft one, apply_recipe(base, recipe, 1));
  std::reverse(recipe.begin(), recipe.end());
  RS_ASSERT_OK_AND_ASSIGN(const Draft other, apply_recipe(base, recipe, 1));
  EXPECT_EQ(one.network.design_key(), other.network.design_key());
  EXPECT_NE(one.network.key(), base.network.key());
  EXPECT_EQ(one.network.layer(*one.network.find("conv1")).output_shape[0], 3);
}

TEST(ApplyRecipe, EmptyRecipeChangesNothing) {
  const Draft base = draft_of(chain_network());
  EXPECT_EQ(apply_recipe(base, {}, 1).value().network.design_key(), base.network.design_key());
  EXPECT_EQ(to_string(Recipe{}), "as imported");
}

TEST(ApplyRecipe, ErrorsNameLayerMethodAndReason) {
  const Draft base = draft_of(chain_network());
  EXPECT_THAT(apply_recipe(base, {{"conv3", "prune", {}}}, 1),
              StatusIs(Code::kNotFound, AllOf(HasSubstr("no layer 'conv3'"), HasSubstr("conv"))));
  EXPECT_THAT(
      apply_recipe(base, {{"Relu_1", "prune", {}}}, 1),
      StatusIs(Code::kFailedPrecondition, HasSubstr("layer 'Relu_1', method 'prune' does not apply: Relu has no")));
  EXPECT_THAT(apply_recipe(base, {{"fc2", "prune_filters", {}}}, 1),
              StatusIs(Code::kFailedPrecondition, HasSubstr("outputs of the network")));
  EXPECT_THAT(apply_recipe(base, {{"fc1", "prune", {}}, {"fc1", "prune", {}}}, 1),
              StatusIs(Code::kInvalidArgument, HasSubstr("layer 'fc1', method 'prune' stands twice")));
  EXPECT_THAT(apply_recipe(base, {{"fc1", "prune", {{"fraction", 2.0}}}}, 1),
              StatusIs(Code::kOutOfRange, HasSubstr("layer 'fc1', method 'prune': fraction is 2; use 0 to 0.95")));
  Draft blind = base;
  blind.calibration = {};
  EXPECT_THAT(
      apply_recipe(blind, {{"conv2", "integer", {}}}, 1),
      StatusIs(Code::kFailedPrecondition, AllOf(HasSubstr("layer 'conv2'"), HasSubstr("no statistics of 'MaxPool"))));
}

TEST(Recipe, HashDependsOnEveryPart) {
  const auto hash = [](const Recipe& recipe) {
    Hasher hasher("test");
    hash_into(hasher, recipe);
    return hasher.finish();
  };
  const Recipe recipe = {{"a", "prune", {{"fraction", 0.5}}}};
  EXPECT_EQ(hash(recipe), hash(Recipe(recipe)));
  EXPECT_NE(hash(recipe), hash({{"b", "prune", {{"fraction", 0.5}}}}));
  EXPECT_NE(hash(recipe), hash({{"a", "integer", {{"fraction", 0.5}}}}));
  EXPECT_NE(hash(recipe), hash({{"a", "prune", {{"fraction", 0.25}}}}));
  EXPECT_NE(hash(recipe), hash({}));
  EXPECT_EQ(to_string(recipe), "a: prune {fraction: 0.5}");
}

}  // namespace
}  // namespace roofscape::approx
