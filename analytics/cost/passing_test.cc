// Which bytes pass through which memory: roofline.h.
#include <gtest/gtest.h>

#include "analytics/cost/machine.h"
#include "analytics/cost/roofline.h"
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

}  // namespace
}  // namespace roofscape::cost
