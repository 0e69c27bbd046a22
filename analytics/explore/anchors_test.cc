#include "analytics/explore/anchors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "analytics/base/status_matchers.h"
#include "analytics/explore/test_job.h"

namespace roofscape::explore {
namespace {

using testing::numbers;
using testing::small_network;

// The uses of each layer at a point, in words.
std::string text_of(const Space& space, const search::Point& point) { return approx::to_string(space.recipe(point)); }

// Every choice as harmful as its number.
std::vector<search::Values> flat_damage(const Space& space) {
  std::vector<search::Values> damage;
  for (const std::uint32_t count : space.choices()) {
    search::Values& of = damage.emplace_back();
    for (std::uint32_t choice = 0; choice < count; ++choice) of.push_back(choice);
  }
  return damage;
}

TEST(Anchors, AreOneSettingForAllLayersThatTakeIt) {
  const Network network = small_network();
  const std::vector<Rule> rules = {{"*", "", {{"integer", {{"weight_bits", numbers({3, 8})}}}}}};
  RS_ASSERT_OK_AND_ASSIGN(const Space space, Space::create(network, rules));
  const Anchors found = anchors(space, {});
  ASSERT_EQ(found.single.size(), 2U);
  EXPECT_TRUE(found.pairs.empty());
  for (const search::Point& point : found.single)
    EXPECT_EQ(std::set<std::uint16_t>(point.begin(), point.end()).size(), 1U) << text_of(space, point);
}

TEST(Anchors, PairsUseBothMethodsWhereBothApply) {
  const Network network = small_network();
  const std::vector<Rule> rules = {{"*", "", {{"integer", {{"weight_bits", numbers({4, 8})}}}}},
                                   {"", "Conv", {{"prune_filters", {{"fraction", numbers({0, 0.25, 0.5})}}}}}};
  RS_ASSERT_OK_AND_ASSIGN(const Space space, Space::create(network, rules));
  const Anchors found = anchors(space, {});
  EXPECT_EQ(found.single.size(), 4U);  // two widths, two shares; a share of 0 is no setting
  EXPECT_EQ(found.pairs.size(), 4U);
  for (const search::Point& point : found.pairs) {
    const approx::Recipe recipe = space.recipe(point);
    const auto count = [&](std::string_view method) {
      return std::count_if(recipe.begin(), recipe.end(),
                           [&](const approx::Step& step) { return step.method == method; });
    };
    EXPECT_EQ(count("integer"), 3) << text_of(space, point);
    EXPECT_GE(count("prune_filters"), 1) << text_of(space, point);
  }
}

TEST(Anchors, KeepTheEndsAtTheGentlestSetting) {
  const Network network = small_network();
  const std::vector<Rule> rules = {{"*", "", {{"integer", {{"weight_bits", numbers({3, 8})}}}}}};
  RS_ASSERT_OK_AND_ASSIGN(const Space space, Space::create(network, rules));
  // Choices are "leave it", 3 bits and 8 bits: the last does the least damage.
  const std::vector<search::Values> damage(space.variables().size(), {0, 1, 0.1});
  const Anchors found = anchors(space, damage);
  ASSERT_EQ(found.gentle_ends.size(), 1U) << "with the ends at 8 bits as all others it is the uniform setting";
  search::Point wanted(space.variables().size(), 1);
  wanted.front() = wanted.back() = 2;
  EXPECT_EQ(found.gentle_ends[0], wanted) << text_of(space, found.gentle_ends[0]);
}

TEST(Anchors, AreDistinctAndNeverTheBase) {
  const Network network = small_network();
  RS_ASSERT_OK_AND_ASSIGN(const Space space, Space::create(network, testing::rules_of_every_stage()));
  const std::vector<search::Values> damage = flat_damage(space);
  const Anchors found = anchors(space, damage);
  std::set<search::Point> seen = {space.base()};
  for (const auto* points : {&found.single, &found.gentle_ends, &found.pairs})
    for (const search::Point& point : *points) EXPECT_TRUE(seen.insert(point).second) << text_of(space, point);
  EXPECT_GE(found.single.size(), 6U);
  EXPECT_FALSE(found.gentle_ends.empty());
  EXPECT_LE(found.single.size() + found.gentle_ends.size() + found.pairs.size(), kMostAnchors);
}

}  // namespace
}  // namespace roofscape::explore
