// Which bytes pass through which memory.
#include "analytics/cost/passing.h"

#include <gtest/gtest.h>

#include "analytics/cost/machine.h"
#include "analytics/cost/test_networks.h"

namespace roofscape::cost {
namespace {

using testing::filled;

Network lstm(op::Recurrent::Direction direction, std::int64_t steps = 35) {
  const std::int64_t ways = direction == op::Recurrent::Direction::kBidirectional ? 2 : 1;
  NetworkBuilder b;
  const LayerId x = b.input({steps, 20});
  return *b.finish(b.add("lstm", op::Recurrent{.direction = direction}, {x},
                         {filled({ways, 32, 20}), filled({ways, 32, 8}), nullptr, nullptr, nullptr, nullptr}));
}

v1::Platform machine(double capacity, bool activations_only = false) {
  v1::Platform p;
  p.set_id("machine");
  p.set_device_class(v1::ASIC);
  testing::add_peak(&p, "fp32", 1e12);
  if (capacity > 0) {
    testing::add_memory(&p, "SRAM", capacity, 0);
    p.mutable_memory(0)->set_activations_only(activations_only);
  }
  testing::add_memory(&p, "DRAM", 0, 1e9);
  return p;
}

// Through the outermost memory.
Passing outer(const v1::Platform& platform, const Network& network, std::size_t layer, double images) {
  const Machine read = *read_machine(platform);
  const Demand asked = demand(network);
  return passing(read, asked, asked.layers[layer], read.memory.size() - 1, images);
}

TEST(Passing, WeightsOfTheStateAreFetchedOnceAStep) {
  constexpr double kInput = 32 * 20 * 4, kState = 32 * 8 * 4;
  const Network forward = lstm(op::Recurrent::Direction::kForward);
  EXPECT_DOUBLE_EQ(outer(machine(0), forward, 1, 1).weights.value(), kInput + 35 * kState);
  // For all images of a batch at once.
  EXPECT_DOUBLE_EQ(outer(machine(0), forward, 1, 8).weights.value(), kInput + 35 * kState);
  // Both directions have weights of their own.
  EXPECT_DOUBLE_EQ(outer(machine(0), lstm(op::Recurrent::Direction::kBidirectional), 1, 1).weights.value(),
                   2 * (kInput + 35 * kState));
  EXPECT_DOUBLE_EQ(outer(machine(0), lstm(op::Recurrent::Direction::kForward, 1), 1, 1).weights.value(),
                   kInput + kState);
}

TEST(Passing, WeightsOfTheStateStayInAMemoryThatHoldsThem) {
  constexpr double kInput = 32 * 20 * 4, kState = 32 * 8 * 4;
  const Network network = lstm(op::Recurrent::Direction::kForward);
  EXPECT_DOUBLE_EQ(outer(machine(kState), network, 1, 1).weights.value(), kInput + kState);
  EXPECT_DOUBLE_EQ(outer(machine(kState - 1), network, 1, 1).weights.value(), kInput + 35 * kState);
  EXPECT_DOUBLE_EQ(outer(machine(kState, true), network, 1, 1).weights.value(), kInput + 35 * kState);
  EXPECT_EQ(outer(machine(1e6), network, 1, 1).weights.value(), 0);  // all of them
}

TEST(Passing, ABatchThatDoesNotFitRunsInPartsWhereThatIsLess) {
  const Network network = testing::small_network(64, 8);
  const Demand asked = demand(network);
  const LayerDemand& layer = asked.layers[4];  // conv2: neither reads the network's input nor writes its output
  const double weights = layer.weight_bytes.value(), activations = layer.activation_bytes().value();
  const v1::Platform p = machine(4 * activations, true);
  const auto bytes = [&](double images) {
    const Passing through = outer(p, network, 4, images);
    return (through.weights + through.activations).value();
  };
  EXPECT_DOUBLE_EQ(bytes(1), weights);
  EXPECT_DOUBLE_EQ(bytes(4), weights);
  EXPECT_DOUBLE_EQ(bytes(6), std::min(1.5 * weights, weights + 6 * activations));
  for (double images = 1; images < 256; ++images) {
    EXPECT_GE(bytes(images + 1), bytes(images)) << images;
    EXPECT_LE(bytes(images + 1) / (images + 1), bytes(images) / images * (1 + 1e-12)) << images;
  }
}

// Counts cycles: its peak states lanes.
v1::Platform array(double capacity, bool activations_only = false) {
  v1::Platform p = machine(capacity, activations_only);
  testing::set(p.mutable_compute(0)->mutable_input_lane_count(), 16);
  testing::set(p.mutable_compute(0)->mutable_output_lane_count(), 16);
  return p;
}

// Whatever fits nowhere is read again where cycles are counted, and only there.
TEST(Passing, ALayerThatHasNoRoomReadsAgain) {
  const Network network = testing::small_network(64, 8);
  const LayerDemand layer = demand(network).layers[4];  // conv2
  const double weights = layer.weight_bytes.value(), inputs = layer.input_bytes.value();
  const auto all = [&](const v1::Platform& p) {
    const Passing of = outer(p, network, 4, 1);
    return (of.weights + of.activations).value();
  };
  const double once = weights + layer.activation_bytes().value();
  for (const double capacity : {1e2, 1e3, 3e3}) {
    EXPECT_EQ(all(machine(capacity)), once) << capacity;
    EXPECT_GT(all(array(capacity)), once) << capacity;
    EXPECT_GE(all(array(capacity, true)), all(array(capacity))) << capacity;
  }
  // 4 x 4 positions of 128 filters, in blocks of 4-byte sums; weights are the larger, so inputs are read for each
  // block.
  EXPECT_DOUBLE_EQ(all(array(2048)), once + 3 * inputs);
  // Inputs that have room.
  EXPECT_DOUBLE_EQ(all(array(inputs)), once);
}

TEST(Passing, BytesFallWithRoomAndRiseWithTheBatch) {
  const Network network = testing::small_network(64, 16);
  for (const bool activations_only : {false, true}) {
    const auto bytes = [&](double capacity, double images) {
      const Passing of = outer(array(capacity, activations_only), network, 4, images);
      return (of.weights + of.activations).value();
    };
    for (double capacity = 1e2; capacity < 1e7; capacity *= 1.3)
      for (double images = 1; images < 64; images *= 2) {
        EXPECT_LE(bytes(1.3 * capacity, images), bytes(capacity, images) * (1 + 1e-12)) << capacity;
        EXPECT_GE(bytes(capacity, 2 * images), bytes(capacity, images)) << capacity;
        EXPECT_LE(bytes(capacity, 2 * images), 2 * bytes(capacity, images) * (1 + 1e-12)) << capacity;
      }
  }
}

}  // namespace
}  // namespace roofscape::cost
