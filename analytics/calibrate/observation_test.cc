#include "analytics/calibrate/observation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <span>

#include "analytics/calibrate/test_platforms.h"
#include "analytics/cost/test_networks.h"

namespace roofscape::calibrate {
namespace {

using ::testing::HasSubstr;
using testing::processor;

Measurement measurement(const std::string& platform, const std::string& mode = "") {
  Measurement of;
  of.platform = platform;
  of.mode = mode;
  of.network = "net";
  of.seconds = 0.02;
  of.outline.macs = 1e8;
  of.outline.parameters = 1e6;
  return of;
}

TEST(PlatformIndex, TellsPlatformsOfOneAliasApartByMode) {
  std::vector<v1::Platform> platforms = {processor("plain", "f", 1e10), processor("quick", "f", 1e10)};
  for (v1::Platform& platform : platforms) platform.add_aliases("The Board");
  platforms[1].add_mode_keywords("NEON");
  const PlatformIndex index(platforms);
  EXPECT_EQ(index.find("The Board", "4 threads")->key.platform, "plain");
  EXPECT_EQ(index.find("The Board", "with neon, 4 threads")->key.platform, "quick");
  EXPECT_EQ(index.find("quick", "")->key.platform, "quick");  // an id needs no keyword
  EXPECT_EQ(index.find("Another", ""), nullptr);
}

TEST(Observe, ComparesWithTheCeiling) {
  const std::vector<v1::Platform> platforms = {processor("board", "f", 1e10)};
  const PlatformIndex index(platforms);
  const std::vector<Measurement> rows = {measurement("board")};
  const Observations all = observe(rows, index);
  ASSERT_EQ(all.rows.size(), 1U);
  EXPECT_NEAR(all.rows[0].log_seconds, std::log(all.rows[0].load.arithmetic().value()),
              0.05);  // 2e8 operations at 1e10 a second take 0.02 s
  EXPECT_EQ(all.rows[0].format, "fp32");
  EXPECT_EQ(all.rows[0].key.device_class, "cpu");
}

// A row of another clock than the platform's says how a design runs at that clock.
TEST(Observe, TakesADesignAtTheClockThatWasMeasured) {
  const std::vector<v1::Platform> platforms = {cost::testing::fpga()};  // at 200 MHz
  const PlatformIndex index(platforms);
  std::vector<Measurement> rows(2, measurement("fpga"));
  for (Measurement& of : rows) {
    of.structure = "cnv-50";
    of.weight_format = of.activation_format = "bipolar";
  }
  rows[1].megahertz = 100;
  const Observations all = observe(rows, index);
  ASSERT_EQ(all.rows.size(), 2U);
  EXPECT_DOUBLE_EQ(all.rows[1].load.arithmetic() / all.rows[0].load.arithmetic(), 2);
}

TEST(Observe, HoldsEnergyApartFromTime) {
  std::vector<v1::Platform> platforms = {processor("board", "f", 1e10)};
  platforms[0].mutable_peak_watts()->set_value(4);
  const PlatformIndex index(platforms);
  std::vector<Measurement> rows(3, measurement("board"));
  rows[1].joules = 0.1;  // a time and an energy
  rows[2].seconds = 0;
  rows[2].joules = 0.2;
  const Observations all = observe(rows, index);
  ASSERT_EQ(all.rows.size(), 4U);
  EXPECT_FALSE(all.rows[1].is_energy);
  const Observation& energy = all.rows[2];
  EXPECT_TRUE(energy.is_energy);
  EXPECT_EQ(energy.key.device_class, "cpu energy");
  EXPECT_EQ(energy.key.platform, "board energy");
  EXPECT_DOUBLE_EQ(energy.measured, 0.1);
  EXPECT_DOUBLE_EQ(energy.seconds, 0.1 / 4);  // 4 W
  EXPECT_DOUBLE_EQ(all.rows[3].measured, 0.2);
  EXPECT_TRUE(all.left_out.empty());
}

// 4 W at full load and 1 W idle. Without a time of its own, an energy may be what takes five hundred times as long as
// the figures ask for, and must be what idles for the 0.02 s that they ask for.
TEST(Observe, AnEnergyIsBetweenIdleAndPeakPowerTimesTime) {
  std::vector<v1::Platform> platforms = {processor("board", "f", 1e10)};
  platforms[0].mutable_peak_watts()->set_value(4);
  platforms[0].mutable_static_watts()->set_value(1);
  const PlatformIndex index(platforms);
  struct Case {
    double seconds, joules;
    std::string wrong;  // part of the reason; empty: right
    bool left_out;
  };
  const Case cases[] = {{0.1, 0.4, "", false},
                        {0.1, 0.41, "", false},  // within what figures are rounded by
                        {0.1, 0.5, "'net' on board takes 0.5 J in 0.1 s, 5 W; its peak is 4 W", false},
                        {0.1, 0.9, "9 W; its peak is 4 W", true},
                        {0.1, 0.1, "", false},
                        {0.1, 0.06, "'net' on board takes 0.06 J in 0.1 s, 0.6 W; idle it takes 1 W", false},
                        {0.1, 0.04, "0.4 W; idle it takes 1 W", true},
                        {0, 25, "", false},
                        {0, 50, "takes 50 J in the least that its figures ask for, 0.02", false},
                        {0, 100, "its peak is 4 W", true},
                        {0, 0.021, "", false},
                        {0, 0.005, "idle it takes 1 W", true}};
  for (const Case& of : cases) {
    Measurement row = measurement("board");
    row.seconds = of.seconds;
    row.joules = of.joules;
    const Observations all = observe(std::span(&row, 1), index);
    const std::string what = fmt::format("{} J in {} s", of.joules, of.seconds);
    ASSERT_EQ(all.wrong.size(), of.wrong.empty() ? 0U : 1U) << what;
    EXPECT_THAT(all.wrong.empty() ? "" : all.wrong[0].second, HasSubstr(of.wrong)) << what;
    EXPECT_EQ(all.left_out.size(), of.left_out ? 1U : 0U) << what;
    const auto energies = std::count_if(all.rows.begin(), all.rows.end(), [](const auto& r) { return r.is_energy; });
    EXPECT_EQ(energies, of.left_out ? 0 : 1) << what;
  }
}

TEST(Observe, SaysWhyARowIsLeftOut) {
  const std::vector<v1::Platform> platforms = {processor("board", "f", 1e10)};
  const PlatformIndex index(platforms);
  std::vector<Measurement> rows(5, measurement("board"));
  rows[0].platform = "abacus";
  rows[1].seconds = 0;
  rows[2].left_out = "a price";
  rows[3].outline.macs = 0;
  const Observations all = observe(rows, index);
  EXPECT_EQ(all.rows.size(), 1U);
  ASSERT_EQ(all.left_out.size(), 4U);
  EXPECT_EQ(all.left_out[0].second, "no platform file has the alias 'abacus'");
  EXPECT_EQ(all.left_out[1].second, "neither time nor energy");
  EXPECT_EQ(all.left_out[2].second, "a price");
  EXPECT_EQ(all.left_out[3].first, &rows[3]);
}

v1::Platform engine_on(const char* operation, double ops_per_second) {
  v1::Platform platform = processor("host", "f", 1e10);
  v1::LayerCeiling* ceiling = platform.add_layer_ceilings();
  ceiling->set_operation(operation);
  ceiling->mutable_ops_per_second()->set_value(ops_per_second);
  return platform;
}

TEST(Observe, PricesLayerByLayerWhereKindsHaveCeilings) {
  const std::vector<v1::Platform> platforms = {engine_on("depthwise Conv", 1e8)};
  const PlatformIndex index(platforms);
  std::vector<Measurement> rows(3, measurement("host"));
  rows[1].structure = "ds-cnn";
  rows[2].structure = "nonesuch";
  const Observations all = observe(rows, index);
  ASSERT_EQ(all.rows.size(), 2U);
  EXPECT_EQ(all.rows[1].key.device_class, "cpu by layer");
  EXPECT_NEAR(all.rows[1].traits.macs, 2.66e6, 0.01e6);
  const double depthwise = 4 * 2.0 * 9 * 64 * 25 * 5;  // four layers of nine taps on 64 maps of 25 × 5
  EXPECT_GT(all.rows[1].load.arithmetic(), Seconds(depthwise / 1e8));
  ASSERT_EQ(all.left_out.size(), 1U);
  EXPECT_THAT(all.left_out[0].second, HasSubstr("no well-known network has the id 'nonesuch'"));
}

TEST(Observe, PricesAKnownNetworkAsItsEstimateWillBe) {
  const std::vector<v1::Platform> platforms = {processor("board", "f", 1e10)};
  const PlatformIndex index(platforms);
  std::vector<Measurement> rows(3, measurement("board"));
  for (Measurement& row : rows) row.structure = "resnet-50", row.seconds = 1;
  rows[1].structure = "nonesuch";  // by its totals
  rows[2].density.weights = 0.5;   // so is what the structure does not tell
  const Observations all = observe(rows, index);
  ASSERT_EQ(all.rows.size(), 3U);
  EXPECT_EQ(all.rows[0].traits.layers, 54);
  EXPECT_NEAR(all.rows[0].load.ops / Ops(2 * 4.1e9), 1, 0.01);
  for (const std::size_t by_totals : {1, 2}) EXPECT_EQ(all.rows[by_totals].traits.macs, 1e8);
}

}  // namespace
}  // namespace roofscape::calibrate
