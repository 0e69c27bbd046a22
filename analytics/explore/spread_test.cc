#include "analytics/explore/spread.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace roofscape::explore {
namespace {

// Every combination of widths on every variable, innermost first, as a space lists them.
struct Widths {
  Widths(std::size_t variables, const std::vector<double>& weights, const std::vector<double>& activations) {
    for (const double w : weights)
      for (const double a : activations) all.push_back({"integer", {{"weight_bits", w}, {"activation_bits", a}}});
    for (const Use& use : all)
      for (std::size_t v = 0; v < variables; ++v) uses.push_back({v, &use});
  }
  std::vector<Use> all;
  std::vector<PlacedUse> uses;
};

// 8 × 4 settings of 4 layers: every eighth of the list would be one width of weights.
TEST(Spread, SeesEveryValueOfEveryKnob) {
  const Widths space(4, {2, 3, 4, 5, 6, 7, 8, 12}, {4, 6, 8, 12});
  std::map<std::string, std::set<double>> seen;
  std::set<std::size_t> variables;
  const std::vector<std::size_t> chosen = spread(space.uses, 16);
  ASSERT_EQ(chosen.size(), 16U);
  EXPECT_EQ(std::set(chosen.begin(), chosen.end()).size(), 16U);
  for (const std::size_t i : chosen) {
    variables.insert(space.uses[i].variable);
    for (const auto& [knob, value] : space.uses[i].use->knobs) seen[knob].insert(std::get<double>(value));
  }
  EXPECT_EQ(seen["weight_bits"].size(), 8U);
  EXPECT_EQ(seen["activation_bits"].size(), 4U);
  EXPECT_EQ(variables.size(), 4U);
}

TEST(Spread, StartsWithWhatIsUsual) {
  const Widths space(2, {2, 4, 8}, {4, 8});
  const Use& first = *space.uses[spread(space.uses, 1).at(0)].use;
  EXPECT_EQ(std::get<double>(first.knobs.at("weight_bits")), 8) << "integer's default";
  EXPECT_EQ(std::get<double>(first.knobs.at("activation_bits")), 8);
  EXPECT_EQ(spread(space.uses, 100).size(), space.uses.size());
  EXPECT_TRUE(spread({}, 5).empty());
}

}  // namespace
}  // namespace roofscape::explore
