#include "analytics/cost/usual_launch.h"

#include <gtest/gtest.h>

#include "analytics/cost/machine.h"
#include "analytics/cost/test_networks.h"

namespace roofscape::cost {
namespace {

using testing::set;

v1::Platform device(v1::DeviceClass of) {
  v1::Platform p;
  p.set_id("device");
  p.set_device_class(of);
  testing::add_peak(&p, "fp32", 1e12);
  testing::add_memory(&p, "DRAM", 0, 1e11);
  return p;
}

v1::Platform with_cores(v1::DeviceClass of, double count, double clock) {
  v1::Platform p = device(of);
  set(p.mutable_cores()->mutable_core_count(), count);
  set(p.mutable_cores()->mutable_clock_hertz(), clock);
  return p;
}

TEST(UsualLaunch, GrowsWithTheThreadsThatMeet) {
  EXPECT_NEAR(usual_launch(with_cores(v1::CPU, 1, 1e9)).value(), 1e-6, 1e-12);
  EXPECT_NEAR(usual_launch(with_cores(v1::CPU, 8, 1e9)).value(), 4e-6, 1e-12);
}

TEST(UsualLaunch, IsCyclesOfTheCoreThatDispatches) {
  EXPECT_NEAR(usual_launch(with_cores(v1::MCU, 1, 1e8)).value(), 1e-5, 1e-12);
  EXPECT_NEAR(usual_launch(with_cores(v1::MCU, 1, 2e8)).value(), 5e-6, 1e-12);
}

TEST(UsualLaunch, IsShortWhereAProgramIsCompiled) {
  EXPECT_EQ(usual_launch(device(v1::NPU)), Seconds(5e-7));
  EXPECT_EQ(usual_launch(with_cores(v1::NPU, 16, 1e9)), Seconds(5e-7));
}

TEST(UsualLaunch, IsNoneWhereCyclesAreCounted) {
  v1::Platform p = device(v1::ASIC);
  set(p.mutable_compute(0)->mutable_input_lane_count(), 16);
  EXPECT_EQ(usual_launch(p), Seconds(0));
}

TEST(UsualLaunch, GivesWayToWhatIsStated) {
  v1::Platform p = device(v1::GPU);
  set(p.mutable_launch_seconds_per_layer(), 0);
  EXPECT_EQ(read_machine(p)->launch, Seconds(0));
  EXPECT_FALSE(read_machine(p)->launch_is_assumed);
}

}  // namespace
}  // namespace roofscape::cost
