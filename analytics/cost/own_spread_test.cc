#include "analytics/cost/own_spread.h"

#include <gtest/gtest.h>

#include "analytics/base/status_matchers.h"
#include "roofscape/v1/calibration.pb.h"

namespace roofscape::cost {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

// 1 and 4 G multiply-accumulates in int8, one image.
v1::OwnSpread measured() {
  v1::OwnSpread own;
  own.set_row_spread(0.02);
  own.set_network_spread(0.1);
  for (const double macs : {1e9, 4e9}) {
    v1::MeasuredPoint* point = own.add_points();
    point->set_kind("plain");
    point->set_mac_count(macs);
    point->set_parameter_count(macs / 200);
    point->set_arithmetic("int8");
    point->set_batch_size(1);
  }
  return own;
}

double narrowed(double macs, NetworkKind kind = NetworkKind::kPlain, const char* arithmetic = "int8", double batch = 1,
                double spread = 0.6) {
  const Traits traits{.macs = macs, .parameters = macs / 200, .kind = kind};
  return OwnSpread::create(measured())->narrowed(traits, arithmetic, batch, spread);
}

TEST(OwnSpread, NearWhatWasMeasuredItIsThatOfTheRows) {
  EXPECT_NEAR(narrowed(1e9), 0.02, 1e-9);
  EXPECT_NEAR(narrowed(2e9), 0.1, 1e-6);  // between two that were measured
  EXPECT_NEAR(narrowed(0.5e9), 0.1, 1e-6);
}

TEST(OwnSpread, ElsewhereItIsAsWideAsItWas) {
  EXPECT_EQ(narrowed(2e9, NetworkKind::kSeparable), 0.6);
  EXPECT_EQ(narrowed(2e9, NetworkKind::kPlain, "fp32"), 0.6);
  EXPECT_NEAR(narrowed(1e12), 0.6, 1e-3);
  EXPECT_NEAR(narrowed(2e9, NetworkKind::kPlain, "int8", 64), 0.6, 1e-3);
}

TEST(OwnSpread, ItGrowsWithTheDistance) {
  double before = 0;
  for (double macs = 8e9; macs < 1e12; macs *= 2) {
    const double now = narrowed(macs);
    EXPECT_GT(now, before) << macs;
    before = now;
  }
}

TEST(OwnSpread, ItWidensNothing) {
  EXPECT_EQ(narrowed(1e9, NetworkKind::kPlain, "int8", 1, 0.01), 0.01);
  const Traits any{.macs = 1e9, .parameters = 1e6};
  EXPECT_EQ(OwnSpread().narrowed(any, "int8", 1, 0.3), 0.3);
}

TEST(OwnSpread, APointNeedsAKindAndCounts) {
  v1::OwnSpread own = measured();
  own.mutable_points(1)->set_kind("round");
  EXPECT_THAT(OwnSpread::create(own), StatusIs(Code::kInvalidArgument, HasSubstr("of the kind 'round'")));
}

}  // namespace
}  // namespace roofscape::cost
