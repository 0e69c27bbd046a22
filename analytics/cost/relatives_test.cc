#include "analytics/cost/relatives.h"

#include <gtest/gtest.h>

namespace roofscape::cost {
namespace {

Traits traits(double macs, double parameters, double input) {
  return *complete({.macs = macs, .parameters = parameters, .input = input});
}

struct Compared {
  std::vector<std::size_t> smaller, larger;
};
Compared compare(const Relatives& known, const Relative& with) {
  Compared out;
  known.compare(
      with, [&](std::size_t r) { out.smaller.push_back(r); }, [&](std::size_t r) { out.larger.push_back(r); });
  return out;
}

TEST(Relatives, ANetworkIsItselfAtEveryResolution) {
  const Relative known = relative_of(traits(4e9, 25e6, 224 * 224));
  Traits larger = traits(16e9, 25e6, 448 * 448);
  EXPECT_NEAR(likeness(known, larger), 1, 1e-9);
  larger.input_is_guessed = true;  // then it is one of four times the multiply-accumulates
  EXPECT_LT(likeness(known, larger), 1e-3);
}

TEST(Relatives, TotalsAloneTellNetworksApartThatDifferByMoreThanFilesDo) {
  const Relative known = relative_of(traits(4e9, 25e6, 224 * 224));
  EXPECT_GT(likeness(known, traits(4.1e9, 25.6e6, 224 * 224)), 0.8);
  EXPECT_LT(likeness(known, traits(4.8e9, 25e6, 224 * 224)), 0.03);
}

TEST(Relatives, WidthsOfOneNetworkAreAlikeAndOtherDesignsOfItsSizeAreNot) {
  // MobileNet-v2 at two widths and ShuffleNet-v2 1.5×, as timm counts them.
  const auto counted = [](double macs, double parameters, double activations, double layers) {
    return *complete({.macs = macs,
                      .parameters = parameters,
                      .activations = activations,
                      .input = 224 * 224,
                      .layers = layers,
                      .kind = NetworkKind::kSeparable});
  };
  Traits narrower = counted(0.22e9, 2.64e6, 5.2e6, 53);
  EXPECT_GT(likeness(relative_of(counted(0.31e9, 3.5e6, 6.7e6, 53)), narrower), 0.8);
  EXPECT_LT(likeness(relative_of(counted(0.30e9, 3.5e6, 3.2e6, 57)), narrower), 0.5);
  narrower.kind = NetworkKind::kPlain;
  EXPECT_EQ(likeness(relative_of(counted(0.31e9, 3.5e6, 6.7e6, 53)), narrower), 0);
}

TEST(Relatives, AKnownNetworkAloneCountsInFullAndManyAlikeCountAsOne) {
  const Relative known = relative_of(traits(4e9, 25e6, 224 * 224)), farther = relative_of(traits(9e9, 25e6, 224 * 224));
  const auto alone = Relatives({known, farther}).shares(known);
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0].relative, 0u);
  EXPECT_NEAR(alone[0].weight, 1, 1e-12);
  const auto of_four = Relatives({known, known, known, known}).shares(known);
  ASSERT_EQ(of_four.size(), 4u);
  for (const RelativeShare& share : of_four) EXPECT_NEAR(share.weight, 0.5, 1e-12);
}

TEST(Relatives, WhoAsksForNoLessAsksForNoLessOfAnythingThatIsKnown) {
  const Relatives known({relative_of(traits(4e9, 25e6, 224 * 224))});
  EXPECT_EQ(compare(known, relative_of(traits(5e9, 25e6, 256 * 256))).smaller.size(), 1u);
  EXPECT_EQ(compare(known, relative_of(traits(5e9, 25e6, 256 * 256))).larger.size(), 0u);
  EXPECT_EQ(compare(known, relative_of(traits(3e9, 20e6, 224 * 224))).larger.size(), 1u);
  const Compared crossed = compare(known, relative_of(traits(5e9, 20e6, 224 * 224)));
  EXPECT_TRUE(crossed.smaller.empty() && crossed.larger.empty());
  // Parameters that nobody gave are no reason.
  EXPECT_EQ(compare(known, relative_of(*complete({.macs = 5e9}))).smaller.size(), 1u);
}

}  // namespace
}  // namespace roofscape::cost
