#include "analytics/cost/engines.h"

#include <gtest/gtest.h>

#include "analytics/cost/test_networks.h"

namespace roofscape::cost {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::set;
using testing::small_network;

v1::Platform overlay(double engines, bool share_weights = false) {
  v1::Platform p;
  p.set_id("overlay");
  p.set_device_class(v1::FPGA);
  testing::add_peak(&p, "fp32", 1e10 * engines);
  testing::add_memory(&p, "DRAM", 0, 1e9);
  set(p.mutable_peak_watts(), 10);
  set(p.mutable_image_engines()->mutable_engine_count(), engines);
  p.mutable_image_engines()->set_share_weights(share_weights);
  return p;
}

double seconds(const v1::Platform& platform, std::int64_t batch) {
  const Result<Estimate> e = estimate(small_network(), platform, {.batch = batch});
  return e.ok() ? e->latency.value() : -1;
}

TEST(Engines, MoreOfThemShortenNoImage) {
  // Measured on two DPU cores (QuTiBench): 15.0, 16.6, 22.5 and 30.5 ms for 1 to 4 images.
  const double one = seconds(overlay(1), 1);
  for (const double engines : {2, 3, 6}) EXPECT_DOUBLE_EQ(seconds(overlay(engines), 1), one) << engines;
}

TEST(Engines, ABatchTakesRounds) {
  v1::Platform p = overlay(3);
  set(p.mutable_memory(0)->mutable_bandwidth_bytes_per_second(), 1e15);  // nothing waits for it
  const double round = seconds(p, 1);
  for (std::int64_t batch = 1; batch <= 10; ++batch)
    EXPECT_NEAR(seconds(p, batch), round * static_cast<double>((batch + 2) / 3), round * 1e-9) << batch;
}

TEST(Engines, ShareTheOuterMemoryAndHavePortsOfTheirOwn) {
  v1::Platform p = overlay(2);
  set(p.mutable_compute(0)->mutable_ops_per_second(), 1e18);
  const double alone = seconds(p, 1);
  EXPECT_NEAR(seconds(p, 2), 2 * alone, alone * 1e-9);
  EXPECT_NEAR(seconds(p, 3), 3 * alone, alone * 1e-9);
  set(p.mutable_image_engines()->mutable_port_bytes_per_second(), 5e8);  // half of the memory
  EXPECT_NEAR(seconds(p, 1), 2 * alone, alone * 1e-9);
  EXPECT_NEAR(seconds(p, 2), 2 * alone, alone * 1e-9);
}

TEST(Engines, ReadWeightsForEachImageUnlessTheyShareThem) {
  const auto bytes = [](const v1::Platform& p, std::int64_t batch) {
    return estimate(small_network(), p, {.batch = batch})->layers.back().weight_bytes.value();
  };
  const double once = bytes(overlay(1), 1);
  EXPECT_DOUBLE_EQ(bytes(overlay(1), 4), 4 * once);
  EXPECT_DOUBLE_EQ(bytes(overlay(4), 4), 4 * once);
  EXPECT_DOUBLE_EQ(bytes(overlay(4, true), 4), once);
  EXPECT_DOUBLE_EQ(bytes(overlay(4, true), 6), 2 * once);
  EXPECT_LT(seconds(overlay(4, true), 4), seconds(overlay(4), 4));
}

TEST(Engines, EnergyIsOfTheWholeDeviceWhileItRuns) {
  for (const std::int64_t batch : {1, 2, 3, 5}) {
    RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(small_network(), overlay(2), {.batch = batch}));
    EXPECT_NEAR(e.energy->value() * static_cast<double>(batch), 10 * e.latency.value(), 1e-9 * e.latency.value());
    EXPECT_THAT(e.notes,
                Contains(HasSubstr("2 images at once, each on an engine of its own; weights are read for each")));
  }
}

TEST(Engines, CountCoresWhereNoNumberIsGiven) {
  v1::Platform p = overlay(2);
  p.mutable_image_engines()->clear_engine_count();
  EXPECT_THAT(Pricer::create(p),
              roofscape::testing::StatusIs(Code::kInvalidArgument, HasSubstr("no number of engines")));
  set(p.mutable_cores()->mutable_core_count(), 2);
  EXPECT_DOUBLE_EQ(seconds(p, 2), seconds(overlay(2), 2));
}

TEST(Engines, AnImageNeverTakesLongerInAFullerRound) {
  for (const bool share : {false, true}) {
    double before = 1e300;
    for (std::int64_t batch = 4; batch <= 64; batch *= 2) {
      const double an_image = seconds(overlay(4, share), batch) / static_cast<double>(batch);
      EXPECT_LE(an_image, before * (1 + 1e-12));
      before = an_image;
    }
  }
}

}  // namespace
}  // namespace roofscape::cost
