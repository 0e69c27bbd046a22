#include "analytics/cost/cliff.h"

#include <gtest/gtest.h>

#include "analytics/cost/test_networks.h"

namespace roofscape::cost {
namespace {

using namespace testing;  // NOLINT: the room's own test helpers
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Cliff, SaysWhatAMemoryMissesAndWhatFittingWouldSave) {
  v1::Platform p = cpu();
  p.clear_memory();
  add_memory(&p, "SRAM", 20'000, 0);
  add_memory(&p, "DRAM", 0, 1e8);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate tight, estimate(small_network(), p));
  const double needed = (tight.weight_bytes + tight.peak_activation_bytes).value();
  p.mutable_memory(0)->mutable_capacity_bytes()->set_value(needed);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate roomy, estimate(small_network(), p));
  const std::string note = fmt::format(
      "weights and activations need {:.0f} bytes, {:.0f} more than memory 'SRAM' holds; if they fitted, "
      "{:.0f} % of the time would be saved",
      needed, needed - 20'000, 100 * (1 - roomy.latency / tight.latency));
  EXPECT_THAT(tight.notes, Contains(note));
  EXPECT_THAT(roomy.notes, Not(Contains(HasSubstr("if they fitted"))));
}

TEST(Cliff, IsNotSaidWhereNothingFartherOutBinds) {
  v1::Platform p = cpu();
  p.clear_memory();
  add_memory(&p, "SRAM", 20'000, 0);
  add_memory(&p, "DRAM", 0, 1e15);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(small_network(), p));
  EXPECT_THAT(e.notes, Not(Contains(HasSubstr("if they fitted"))));
}

}  // namespace
}  // namespace roofscape::cost
