// Streaming designs against boards: six that FINN's authors built and measured (Xilinx/finn-examples), in their own
// folding and as our solver folds them. The real networks' structures, at the clock of the board; nothing is
// calibrated.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "analytics/base/status_matchers.h"
#include "analytics/cost/demand.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/fpga_folding.h"
#include "analytics/cost/fpga_unit.h"
#include "analytics/cost/uniform_formats.h"
#include "analytics/zoo/builder.h"
#include "analytics/zoo/zoo.h"
#include "platforms/library.h"

namespace roofscape {
namespace {

struct Fold {
  std::int64_t pe, simd;
};

struct Board {
  const char* name;
  std::function<Network()> network;
  const char* formats;
  const char* platform;
  double megahertz;
  double measured;          // images a second
  bool left_empty;          // built for less than the device would take
  std::vector<Fold> folds;  // of the matrix layers, as published
};

Network of_zoo(const char* id) { return zoo::find(id)->build().value(); }

Network keyword_spotting() {
  zoo::Builder b({490});
  LayerId x = b.input();
  for (int i = 0; i < 3; ++i) x = b.relu(b.dense(x, 256));
  return b.finish(b.dense(x, 12)).value();
}

// One row of 1,024 samples, two channels.
Network vgg10() {
  zoo::Builder b({2, 1, 1024});
  LayerId x = b.input();
  for (int i = 0; i < 7; ++i) {
    x = b.relu(b.conv(x, 32, {.kernel = {1, 3}}));
    x = b.add("max_pool", op::Pool{op::Pool::Kind::kMax, {1, 2}, {1, 2}}, {x});
  }
  x = b.flatten(x);
  for (int i = 0; i < 2; ++i) x = b.relu(b.dense(x, 128));
  return b.finish(b.dense(x, 24)).value();
}

std::vector<Fold> mobilenet_folds() {
  std::vector<Fold> folds{{32, 3}};
  constexpr Fold kBlocks[][2] = {{{32, 1}, {16, 16}}, {{32, 1}, {16, 16}}, {{64, 1}, {32, 16}}, {{16, 1}, {16, 16}},
                                 {{32, 1}, {32, 16}}, {{8, 1}, {16, 16}},  {{16, 1}, {32, 16}}, {{16, 1}, {32, 16}},
                                 {{16, 1}, {32, 16}}, {{16, 1}, {32, 16}}, {{16, 1}, {32, 16}}, {{4, 1}, {16, 16}},
                                 {{8, 1}, {32, 16}}};
  for (const auto& block : kBlocks) folds.insert(folds.end(), {block[0], block[1]});
  folds.push_back({4, 4});
  return folds;
}

// Of the blocks as the zoo orders them: 1 × 1, 3 × 3, 1 × 1, and the shortcut's where there is one.
std::vector<Fold> resnet_folds() {
  std::vector<Fold> folds{{64, 147}};  // a block of its own, written by hand to keep up
  constexpr int kBlocks[] = {3, 4, 6, 3};
  for (int stage = 0; stage < 4; ++stage)
    for (int block = 0; block < kBlocks[stage]; ++block) {
      const bool first = block == 0;
      folds.push_back({stage == 0 && first ? 8 : 32, first && stage > 0 ? 64 : 32});
      folds.push_back({32, 64});
      folds.push_back({32, 32});
      if (first) folds.push_back({32, stage == 0 ? 32 : 64});
    }
  folds.push_back({1, 64});
  return folds;
}

std::vector<Board> boards() {
  return {
      {"TFC",
       [] { return of_zoo("tfc"); },
       "bipolar",
       "pynq-z1",
       100,
       837019,
       false,
       {{16, 49}, {8, 8}, {8, 8}, {10, 8}}},
      {"CNV",
       [] { return of_zoo("cnv-50"); },
       "bipolar",
       "pynq-z1",
       100,
       3020.5,
       true,
       {{16, 3}, {32, 32}, {16, 32}, {16, 32}, {4, 32}, {1, 32}, {1, 4}, {1, 8}, {5, 1}}},
      {"keyword spotting",
       keyword_spotting,
       "int3",
       "pynq-z1",
       100,
       247502,
       true,
       {{32, 10}, {32, 8}, {32, 8}, {1, 8}}},
      {"VGG10",
       vgg10,
       "int4",
       "zcu104",
       250,
       231049,
       false,
       {{32, 6}, {16, 96}, {8, 96}, {4, 96}, {2, 96}, {1, 96}, {1, 96}, {2, 32}, {1, 32}, {1, 8}}},
      {"MobileNet-v1", [] { return of_zoo("mobilenet-v1"); }, "int4", "alveo-u250", 206, 1813.1, false,
       mobilenet_folds()},
      {"ResNet-50", [] { return of_zoo("resnet-50"); }, "bipolar x int2", "alveo-u250", 178, 2972.5, false,
       resnet_folds()},
  };
}

Network priced(const Board& board) {
  return cost::with_formats(board.network(), cost::parse_formats(board.formats).value()).value();
}

v1::Platform platform_of(const Board& board) {
  const auto all = platforms::built_in_platforms();
  v1::Platform platform =
      *std::find_if(all.begin(), all.end(), [&](const v1::Platform& p) { return p.id() == board.platform; });
  platform.mutable_fpga()->mutable_clock_hertz()->set_value(board.megahertz * 1e6);
  return platform;
}

struct Built {
  double interval = 0, lut = 0, bram = 0;
};

// The published folding; layers without weights take all their channels at once.
Built as_built(const Board& board) {
  const Network network = priced(board);
  const cost::Demand demand = cost::demand(network);
  Built built;
  built.interval = cost::transfer_cycles(static_cast<double>(element_count(network.input_shape())));
  std::size_t matrices = 0;
  for (LayerId id = 0; id < network.size(); ++id) {
    const cost::LayerDemand& layer = demand.layers[static_cast<std::size_t>(id)];
    const bool matrix = layer.kind == cost::LayerDemand::Kind::kMatrix;
    if (!matrix && layer.kind != cost::LayerDemand::Kind::kElementwise) continue;
    const cost::UnitShape shape = cost::unit_shape(network, id, layer);
    const Fold fold = matrix ? board.folds.at(matrices++) : Fold{shape.rows, 1};
    const cost::UnitCost unit = cost::unit_cost(shape, fold.pe, fold.simd);
    built.interval = std::max(built.interval, unit.cycles);
    built.lut += cost::kWholeOverUnits * unit.lut_in_lut;
    built.bram += unit.weight_bram + unit.buffer_bram;
  }
  EXPECT_EQ(matrices, board.folds.size()) << board.name;
  return built;
}

double off(double ours, double theirs) { return std::abs(std::log(ours / theirs)); }

TEST(StreamingBoards, InTheirOwnFoldingAreWithin25Percent) {
  for (const Board& board : boards()) {
    const double rate = board.megahertz * 1e6 / as_built(board).interval;
    EXPECT_LT(off(rate, board.measured), std::log(1.25)) << board.name << ": " << rate;
  }
}

// Published of these two alone, shells included: MLPerf Tiny (Borras et al., 2022).
TEST(StreamingBoards, InTheirOwnFoldingTakeAboutWhatWasBuilt) {
  const Built cnv = as_built(boards()[1]), keywords = as_built(boards()[2]);
  EXPECT_LT(off(cnv.lut, 24502), std::log(1.25)) << cnv.lut;
  EXPECT_LT(off(cnv.bram, 200), std::log(1.3)) << cnv.bram;
  EXPECT_LT(off(keywords.lut, 33732), std::log(1.25)) << keywords.lut;
  EXPECT_LT(off(keywords.bram, 74), std::log(1.25)) << keywords.bram;
}

// As our solver folds them: where the device, not their builders' patience, set the pace, within 25 % too; the others
// left half of their device empty, and could be as fast as the solver says.
TEST(StreamingBoards, AsWeFoldThemAreAsFastAsBuiltAndNoMoreWhereNothingWasLeft) {
  for (const Board& board : boards()) {
    RS_ASSERT_OK_AND_ASSIGN(const cost::Estimate e, cost::estimate(priced(board), platform_of(board)));
    EXPECT_EQ(e.fit, cost::Fit::kYes) << board.name << ": " << e.does_not_fit;
    EXPECT_GT(e.throughput_per_second, board.measured) << board.name;
    const double slack = board.left_empty ? 4 : 1.25;
    EXPECT_LT(e.throughput_per_second, slack * board.measured) << board.name;
  }
}

// Umuroglu et al., FINN (2017): on a ZC706 at 200 MHz, as large as it would go.
TEST(StreamingBoards, TheFirstOfThemToo) {
  const Board lfc{"LFC", [] { return of_zoo("mlp-50"); }, "bipolar", "zc706-finn", 200, 1561000, false, {}};
  const Board cnv{"CNV", [] { return of_zoo("cnv-50"); }, "bipolar", "zc706-finn", 200, 21900, false, {}};
  for (const Board& board : {lfc, cnv}) {
    RS_ASSERT_OK_AND_ASSIGN(const cost::Estimate e, cost::estimate(priced(board), platform_of(board)));
    EXPECT_LT(off(e.throughput_per_second, board.measured), std::log(1.25)) << board.name;
  }
}

// 138 MB of weights and 11 Mbit on the chip: read once for each of a few bands, they are not what sets the interval.
TEST(StreamingBoards, WeightsThatDoNotFitAreNotReadForEveryPixel) {
  const Board vgg{"VGG-16", [] { return of_zoo("vgg-16"); }, "int8", "zcu104", 200, 0, false, {}};
  RS_ASSERT_OK_AND_ASSIGN(const cost::Estimate e, cost::estimate(priced(vgg), platform_of(vgg)));
  EXPECT_EQ(e.fit, cost::Fit::kYes) << e.does_not_fit;
  EXPECT_GT(e.throughput_per_second, 20);
  EXPECT_NE(e.binding_roof, "memory DRAM");
}

TEST(StreamingBoards, TwoBitsAreNoFasterThanOne) {
  Board tfc = boards()[0];
  tfc.platform = "alveo-u250";
  RS_ASSERT_OK_AND_ASSIGN(const cost::Estimate one, cost::estimate(priced(tfc), platform_of(tfc)));
  tfc.formats = "int2";
  RS_ASSERT_OK_AND_ASSIGN(const cost::Estimate two, cost::estimate(priced(tfc), platform_of(tfc)));
  EXPECT_LE(two.throughput_per_second, one.throughput_per_second);
  EXPECT_GT(two.resources->lut, one.resources->lut);
  EXPECT_EQ(one.resources->dsp, 0);
}

}  // namespace
}  // namespace roofscape
