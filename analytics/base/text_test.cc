#include "analytics/base/text.h"

#include <gtest/gtest.h>

#include "analytics/base/lower_case.h"

namespace roofscape {
namespace {

TEST(Printable, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(printable("conv1"), "conv1");
  EXPECT_EQ(printable("Größe ✓"), "Größe ✓");
  EXPECT_EQ(printable("a\x1b[31mred\n"), "a\\x1b[31mred\\x0a");
  EXPECT_EQ(printable("\xff\xc0\x80"), "\\xff\\xc0\\x80");
  EXPECT_EQ(printable("\u202eabc"), "\\xe2\\x80\\xaeabc");  // right-to-left override
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");           // C1 control sequence introducer
  EXPECT_EQ(printable(std::string(200, 'x')), std::string(120, 'x') + "…");
}

TEST(Suggestion, NamesTheNearestOrTheKnown) {
  const std::vector<std::string> known = {"weight_bits", "activation_bits"};
  EXPECT_EQ(suggestion("weigth_bits", known), "; did you mean 'weight_bits'?");
  EXPECT_EQ(suggestion("modle", std::vector<std::string>{"id", "model"}),
            "; did you mean 'model'?");  // a swap is one slip
  EXPECT_EQ(suggestion("colour", known), "; known: weight_bits, activation_bits");
  EXPECT_EQ(suggestion("x", {}), "");
}

TEST(Glob, MatchesLikeAShell) {
  EXPECT_TRUE(glob_match("*", ""));
  EXPECT_TRUE(glob_match("conv*", "conv1"));
  EXPECT_TRUE(glob_match("*.conv?", "layer1.conv2"));
  EXPECT_FALSE(glob_match("conv?", "conv"));
  EXPECT_FALSE(glob_match("conv", "conv1"));
  EXPECT_TRUE(glob_match("a*b*c", "axxbyyc"));
  EXPECT_FALSE(glob_match(std::string(5000, '*') + "b", std::string(5000, 'a')));  // and ends soon
}

TEST(ResourceId, AllowsOnlySafeNames) {
  EXPECT_TRUE(is_resource_id("lenet5"));
  EXPECT_TRUE(is_resource_id("raspberry-pi-4"));
  EXPECT_FALSE(is_resource_id(""));
  EXPECT_FALSE(is_resource_id("../etc"));
  EXPECT_FALSE(is_resource_id("A"));
  EXPECT_FALSE(is_resource_id(std::string(64, 'a')));
}

TEST(Numbers, ParseWholeTextOnly) {
  EXPECT_EQ(parse_double("0.25"), 0.25);
  EXPECT_FALSE(parse_double("1e999"));
  EXPECT_FALSE(parse_double("nan"));
  EXPECT_FALSE(parse_double("1x"));
  EXPECT_EQ(parse_int("-3"), -3);
  EXPECT_FALSE(parse_int("3.0"));
  EXPECT_EQ(split("a,b,,c", ',').size(), 4U);
  EXPECT_EQ(trim(" \ta b\n"), "a b");
}

TEST(LowerCase, ChangesLettersOfAsciiAlone) {
  EXPECT_EQ(lower_case("RasPi 4 (Cortex-A72)"), "raspi 4 (cortex-a72)");
  EXPECT_EQ(lower_case("\xC3\x84@[`{"), "\xC3\x84@[`{");  // an umlaut, and the neighbours of the letters
  EXPECT_EQ(lower_case(""), "");
}

}  // namespace
}  // namespace roofscape
