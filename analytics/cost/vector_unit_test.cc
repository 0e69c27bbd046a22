#include "analytics/cost/vector_unit.h"

#include <gtest/gtest.h>

#include "analytics/cost/estimate.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/test_networks.h"

namespace roofscape::cost {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::set;

v1::Platform array() {
  v1::Platform p;
  p.set_id("array");
  p.set_device_class(v1::ASIC);
  testing::add_peak(&p, "int8", 9.2e13);
  set(p.mutable_compute(0)->mutable_input_lane_count(), 256);
  set(p.mutable_compute(0)->mutable_output_lane_count(), 256);
  testing::add_memory(&p, "SRAM", 1e8, 0);
  testing::add_memory(&p, "DRAM", 0, 1e15);
  return p;
}

double steps(const v1::Platform& platform, const char* format = "int8") {
  const NumberFormat of = *NumberFormat::parse(format);
  return steps_per_second(*read_machine(platform), of, of);
}

TEST(VectorUnit, IsWhatThePlatformStates) {
  v1::Platform p = array();
  set(p.mutable_vector_unit()->mutable_steps_per_second(), 1.792e11);
  EXPECT_EQ(steps(p), 1.792e11);
}

TEST(VectorUnit, ElseTakesAStepForEachOutputOfTheMultipliers) {
  EXPECT_EQ(steps(array()), 9.2e13 / 2 / 256);
  EXPECT_EQ(steps(testing::cpu()), 4e10 / 2);
  EXPECT_EQ(steps(testing::cpu(), "fp32"), 1e10 / 2);
  EXPECT_EQ(steps(array(), "fp32"), 9.2e13 / 2 / 256);  // what no peak holds runs beside it all the same
}

TEST(VectorUnit, BoundsPoolsBelowThePeakOfTheMultipliers) {
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(testing::quantised(testing::small_network(), 8, 8), array()));
  const LayerEstimate& pool = e.layers[3];
  ASSERT_EQ(pool.operation, "MaxPool");
  EXPECT_DOUBLE_EQ(pool.time.value(), pool.ops / (9.2e13 / 2 / 256));
  EXPECT_THAT(e.notes, Contains(HasSubstr("one step a cycle for each output lane")));
  EXPECT_THAT(e.missing, Contains(HasSubstr("bandwidth_bytes_per_second of memory 'SRAM'")));
}

TEST(VectorUnit, MovesTakeAStepForEachValue) {
  NetworkBuilder b;
  const LayerId x = b.input({4, 8, 8});
  const Network network = *b.finish(b.add("turn", op::Transpose{{1, 2, 0}}, {x}));
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(network, array()));
  EXPECT_GE(e.latency.value(), 256 / (9.2e13 / 2 / 256));
}

// Attention: the heads of a product's operands, and of what it writes, are told apart by strides.
TEST(VectorUnit, TurnsBesideAProductAreViews) {
  NetworkBuilder b;
  const LayerId x = b.input({4, 8, 8});
  const LayerId turned = b.add("turn", op::Transpose{{0, 2, 1}}, {x});
  const LayerId product = b.add("product", op::MatMul{}, {x, turned});
  const LayerId back = b.add("back", op::Transpose{{1, 0, 2}}, {product});
  const LayerId other = b.add("other", op::Transpose{{1, 0, 2}}, {x});
  const Network network = *b.finish(b.add("sum", op::Binary{}, {back, other}));
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(network, testing::cpu()));
  const auto time_of = [&](std::string_view name) {
    for (const LayerEstimate& layer : e.layers)
      if (layer.layer == name) return layer.time.value();
    return -1.0;
  };
  EXPECT_EQ(time_of("turn"), 0);
  EXPECT_EQ(time_of("back"), 0);
  EXPECT_GT(time_of("other"), 0);
}

TEST(VectorUnit, MayRunDepthwiseConvolutions) {
  NetworkBuilder b;
  const LayerId x = b.input({16, 8, 8});
  const Network plain = *b.finish(
      b.add("dw", op::Conv{.pad = {1, 1, 1, 1}, .groups = 16}, {x}, {testing::filled({16, 1, 3, 3}), nullptr}));
  const Network network = testing::quantised(plain, 8, 8);
  v1::Platform p = array();
  set(p.mutable_vector_unit()->mutable_steps_per_second(), 1e9);
  const double multiplied = estimate(network, p)->latency.value();
  p.mutable_vector_unit()->set_depthwise(true);
  EXPECT_NEAR(estimate(network, p)->latency.value(), 16 * 64 * 9 / 1e9, 1e-12);
  EXPECT_LT(multiplied, 16 * 64 * 9 / 1e9);
}

}  // namespace
}  // namespace roofscape::cost
