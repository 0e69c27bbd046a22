// Bytes through the memories of BitFusion, layer by layer, against the simulator of its authors: 16 x 32 fusion units,
// 112 KB, 192 bits a cycle, batch 16 (hsharma35/bitfusion). Its search of tiles is not exhaustive, and its sums come
// from and go to DRAM in 32 bits, so that ours, a lower bound, must lie below.
//
//   build/release/tests/conformance/published_rows_test --gtest_filter=MemoryTraffic.*       # prints each row
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "analytics/base/status_matchers.h"
#include "analytics/calibrate/table.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/passing.h"
#include "analytics/cost/uniform_formats.h"
#include "platforms/library.h"
#include "roofscape/v1/platform.pb.h"
#include "tests/conformance/published_designs.h"
#include "tests/support/shared_data.h"

namespace roofscape {
namespace {

using calibrate::Table;

constexpr double kBatch = 16;

std::optional<Table> sweep() {
  const auto path = shared_data("../reference/golden/bitfusion__bitfusion-eyeriss-sim-sweep.csv");
  if (!path) return std::nullopt;
  std::ifstream file(*path);
  return *Table::parse(std::string(std::istreambuf_iterator<char>(file), {}), "sweep");
}

struct Moved {
  double inner = 0, outer = 0;
};

// Of all layers named so, as groups of a convolution are rows of their own.
Moved simulated(const Table& table, const std::string& network, const std::vector<std::string>& layers) {
  Moved sum;
  const auto bytes = [](const Table::Row& row, std::initializer_list<const char*> columns) {
    double bits = 0;
    for (const char* column : columns) bits += row.number(column).value();
    return bits / 8;
  };
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Table::Row row = table.row(i);
    if (row.number("N") != 16 || row.number("M") != 32 || row.number("Bandwidth (bits/cycle)") != 192 ||
        row.number("Batch size") != kBatch || row.text("Network") != network ||
        std::find(layers.begin(), layers.end(), row.text("Layer")) == layers.end())
      continue;
    sum.inner += bytes(row, {"WBUF Read", "IBUF Read", "OBUF Read", "OBUF Write"});
    sum.outer += bytes(row, {"DRAM Read", "DRAM Write"});
  }
  return sum;
}

cost::Machine bitfusion() {
  for (const v1::Platform& platform : platforms::built_in_platforms())
    if (platform.id() == "bitfusion") return *cost::read_machine(platform);
  throw std::runtime_error("no bitfusion");
}

Moved ours(const cost::Machine& machine, const Network& network, const cost::Demand& demand, std::size_t index) {
  const cost::LayerDemand& layer = demand.layers[index];
  const int ceiling =
      machine.ceilings.find(layer.weight, layer.activation, network.layer(static_cast<LayerId>(index)), kBatch);
  const auto through = [&](std::size_t level) {
    const cost::Passing of = cost::passing_to(machine, demand, layer, ceiling, level, kBatch);
    return (of.weights + of.activations).value();
  };
  return {through(0), through(1)};
}

struct Simulated {
  std::string network;
  std::vector<std::vector<std::string>> layers;  // those with weights, in order; none: not compared
};

const std::vector<Simulated>& networks() {
  const auto conv = [](const char* name) { return std::vector<std::string>{std::string(name) + "/Convolution"}; };
  const auto pair = [](const std::string& name) {
    return std::vector<std::string>{name + "_a/Convolution", name + "_b/Convolution"};
  };
  const auto dense = [](const char* name) { return std::vector<std::string>{std::string(name) + "/MatMul"}; };
  static const std::vector<Simulated> all = {{"AlexNet",
                                              {pair("conv1"), pair("conv2"), pair("conv3"), pair("conv4"),
                                               pair("conv5"), dense("fc1"), dense("fc2"), dense("fc3")}},
                                             {"CIFAR10",
                                              {conv("conv0"), conv("conv1"), conv("conv2"), conv("conv3"),
                                               conv("conv4"), conv("conv5"), dense("fc6"), dense("fc7"), dense("fc8")}},
                                             {"LeNet-5", {conv("conv0"), conv("conv1"), dense("fc1"), dense("fc2")}}};
  return all;
}

TEST(MemoryTraffic, LiesBelowWhatTheSimulatorOfBitFusionMoves) {
  const auto table = sweep();
  if (!table) GTEST_SKIP() << "the published figures are not there; set ROOFSCAPE_DATA";
  const cost::Machine machine = bitfusion();
  int rows = 0;
  for (const published::Design& design : published::bitfusion_networks()) {
    const auto of = std::find_if(networks().begin(), networks().end(),
                                 [&](const Simulated& one) { return one.network == design.name; });
    if (of == networks().end()) continue;
    // Its weights of AlexNet lay in memory in 16 bits.
    const Network network = design.name == "AlexNet"
                                ? *cost::with_formats(design.network, *cost::parse_formats("int16 x int8"))
                                : design.network;
    const cost::Demand demand = cost::demand(network);
    auto names = of->layers.begin();
    for (std::size_t i = 0; i < demand.layers.size(); ++i) {
      if (demand.layers[i].kind != cost::LayerDemand::Kind::kMatrix) continue;
      ASSERT_NE(names, of->layers.end());
      const Moved theirs = simulated(*table, design.name, *names), mine = ours(machine, network, demand, i);
      fmt::print("{:<10} {:<22} SRAM {:>10.3g} of {:>10.3g} bytes, {:>5.2f}   DRAM {:>10.3g} of {:>10.3g}, {:>5.2f}\n",
                 design.name, names->front(), mine.inner, theirs.inner, mine.inner / theirs.inner, mine.outer,
                 theirs.outer, mine.outer / theirs.outer);
      EXPECT_GT(theirs.outer, 0) << design.name << " " << names->front();
      EXPECT_LE(mine.outer, theirs.outer) << design.name << " " << names->front();
      EXPECT_LE(mine.inner, theirs.inner) << design.name << " " << names->front();
      ++names;
      ++rows;
    }
  }
  EXPECT_EQ(rows, 21);
}

}  // namespace
}  // namespace roofscape
