#include "analytics/cost/fpga.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <set>

#include "analytics/cost/test_networks.h"
#include "analytics/cost/totals.h"
#include "analytics/cost/uniform_formats.h"
#include "analytics/network/work.h"

namespace roofscape::cost {
namespace {

using namespace testing;  // NOLINT: the room's own test helpers
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

UnitShape matrix(std::int64_t rows, std::int64_t columns, int weight_bits, int activation_bits, int output_bits = 32) {
  UnitShape s;
  s.matrix = true;
  s.rows = rows;
  s.columns = columns;
  s.weight_bits = weight_bits;
  s.activation_bits = activation_bits;
  s.output_bits = output_bits;
  s.weight_width = weight_bits;
  s.activation_width = activation_bits;
  return s;
}

// Look-up tables of the streams in and out of such a unit.
double streams(std::int64_t pe, std::int64_t simd, int activation_bits, int output_bits = 32) {
  return fifo_lut(static_cast<double>(simd) * activation_bits, 32) +
         fifo_lut(static_cast<double>(pe) * output_bits, 32);
}

// Per multiply-accumulate at 32 lanes in one row; FINN's formula gives 66.3 and 123.5 with its other terms.
TEST(UnitCost, LookUpTablesFollowThePublishedFormulas) {
  // The refit for narrow formats: 464 + 40 + 32·(1.49·W·A + .30·(W+A)), and 288 words of weights in block memory.
  EXPECT_DOUBLE_EQ(unit_cost(matrix(8, 32 * 36, 2, 2), 1, 32).lut_in_lut - streams(1, 32, 2),
                   464 + 40 + 32 * (1.49 * 4 + 0.30 * 4));
  const UnitCost wide = unit_cost(matrix(8, 32 * 36, 8, 8), 1, 32);
  const double accumulator = accumulator_bits(matrix(8, 32 * 36, 8, 8));
  EXPECT_EQ(accumulator, std::ceil(std::log2(32 * 36) + 14 + 1));
  EXPECT_DOUBLE_EQ(wide.lut_in_lut - streams(1, 32, 8), 300 + 1.1 * (32 * 5 * 16 + 16 * 63 + accumulator));
  EXPECT_NEAR((wide.lut_in_lut - streams(1, 32, 8)) / 32, 123.5, 12);
  EXPECT_DOUBLE_EQ(wide.lut_in_dsp - streams(1, 32, 8), 300 + 1.1 * (16 * 63 + accumulator));
  EXPECT_EQ(wide.dsp, 16);  // two a block and cycle
  EXPECT_EQ(unit_cost(matrix(8, 32 * 36, 4, 4), 1, 32).dsp, 8);
  EXPECT_EQ(unit_cost(matrix(8, 32 * 36, 16, 8), 1, 32).dsp, 32);
  EXPECT_EQ(wide.cycles, 8 * 36);
  EXPECT_EQ(wide.weight_bram, block_memories(32 * 8, 288));
}

// 4-bit powers of two (3 exponent bits, 2^0 … 2^-6) over 8-bit activations: 8 + 6 + 1 bits in two tables each, where
// multiplying by 4-bit integers takes three a bit of 12.
TEST(UnitCost, PowersOfTwoShift) {
  const auto in = [](std::string_view format) {
    return std::make_shared<const Quantiser>(Quantiser{.format = NumberFormat::parse(format).value()});
  };
  const auto unit = [&](std::string_view weight, std::string_view activation) {
    NetworkBuilder b;
    const LayerId x = b.input({64});
    const LayerId fc = b.add("fc", op::Dense{}, {x}, {make_tensor({8, 64}, std::vector<float>(512, 0.5F))});
    b.layer(fc).arithmetic = {{in(activation)}, in(weight)};
    const Network network = b.finish(fc).value();
    return unit_shape(network, fc, demand(network).layers[static_cast<std::size_t>(fc)]);
  };
  const UnitShape shifting = unit("log4", "uint8");
  EXPECT_FALSE(shifting.floating);
  EXPECT_EQ(product_bits(shifting), 15);
  const UnitCost one = unit_cost(shifting, 8, 1), two = unit_cost(shifting, 8, 2);
  // Adders, and four tables of a wider stream.
  EXPECT_DOUBLE_EQ(two.lut_in_dsp - one.lut_in_dsp, 8 * 1.1 * 15 * 2 + 4);
  EXPECT_DOUBLE_EQ((two.lut_in_lut - two.lut_in_dsp) - (one.lut_in_lut - one.lut_in_dsp), 8 * 1.1 * 15 * 2);
  EXPECT_EQ(product_bits(unit("log4", "ulog3")), 1 + 6 + 6 + 1);
  EXPECT_TRUE(unit("log4r2", "uint8").floating);
  EXPECT_TRUE(unit("log4", "fp16").floating);
}

TEST(UnitCost, AnAccumulatorIsAsWideAsAskedForAndNoWiderThanNeeded) {
  UnitShape s = matrix(8, 32 * 36, 8, 8, 4);
  const double whole = accumulator_bits(s);
  const UnitCost before = unit_cost(s, 2, 32);
  s.accumulator_limit = 32;
  EXPECT_EQ(accumulator_bits(s), whole);
  EXPECT_EQ(unit_cost(s, 2, 32).lut_in_lut, before.lut_in_lut);
  s.accumulator_limit = 16;
  EXPECT_EQ(accumulator_bits(s), 16);
  // Adders of two rows, and 15 thresholds behind each.
  EXPECT_NEAR(before.lut_in_lut - unit_cost(s, 2, 32).lut_in_lut, 2 * (1.1 + 15) * (whole - 16), 1e-9);
}

TEST(UnitCost, FloatingPointTakesSeveralBlocksAProduct) {
  UnitShape s = matrix(8, 32, 32, 32);
  s.floating = true;
  EXPECT_EQ(unit_cost(s, 1, 4).dsp, 10);
}

UnitShape windowed(std::int64_t channels, std::int64_t size, std::int64_t pad, std::int64_t kernel = 3) {
  NetworkBuilder b;
  const LayerId x = b.input({channels, size, size});
  const Network network = *b.finish(b.add("conv", op::Conv{.pad = {pad, pad, pad, pad}}, {x},
                                          {filled({channels, channels, kernel, kernel}), nullptr}));
  const Network narrow = quantised(network, 4, 4);
  return unit_shape(narrow, 1, demand(narrow).layers[1]);
}

TEST(UnitCost, IsAsSlowAsItsSlowestNode) {
  const UnitShape s = windowed(16, 34, 0);
  const double outputs = 32 * 32;
  // Few rows at once: the matrix node reads each window again and again, and the window before it keeps up.
  const UnitCost slow = unit_cost(s, 1, 16);
  EXPECT_EQ(slow.cycles, 16 * 9 * outputs);
  EXPECT_EQ(slow.node, StreamNode::kMatrix);
  // All rows, a pixel a cycle: windows that leave pixel by pixel are 1 % longer, which is not worth another style.
  const UnitCost even = unit_cost(s, 16, 16);
  EXPECT_EQ(even.cycles, 2 * 34 + 3 + 9 * outputs);
  EXPECT_EQ(even.node, StreamNode::kWindow);
  EXPECT_EQ(unit_cost(s, 16, 144).cycles, even.cycles);
  // Large kernels leave at once: no faster than pixels come in, or padding sends them.
  const UnitCost fast = unit_cost(windowed(16, 34, 0, 5), 16, 16 * 25);
  EXPECT_EQ(fast.cycles, 34 * 34 + 2);
  EXPECT_EQ(fast.node, StreamNode::kWindow);
  EXPECT_EQ(unit_cost(windowed(16, 34, 2, 5), 16, 16 * 25).cycles, 38 * 38 + 2);
}

TEST(UnitCost, PaddingIsAsWideAsItMustBe) {
  const UnitShape s = windowed(16, 32, 1, 1);  // 1 × 1 over a padded map
  EXPECT_EQ(unit_cost(s, 16, 16).cycles, 34 * 34);
  const UnitShape other = windowed(16, 32, 1, 3);
  EXPECT_EQ(unit_cost(other, 1, 16).node, StreamNode::kMatrix);
}

TEST(UnitCost, OneBitProductsAreNeverInDspBlocks) {
  EXPECT_TRUE(only_in_lut(matrix(8, 64, 1, 1)));
  EXPECT_FALSE(only_in_lut(matrix(8, 64, 1, 2)));
  EXPECT_FALSE(only_in_lut(matrix(8, 64, 2, 2)));
}

TEST(UnitCost, SmallFloatsAndBlocksCostWhatTheirBitsAsk) {
  const auto unit = [](const char* format) {
    NetworkBuilder b;
    const LayerId x = b.input({64});
    const LayerId fc = b.add("fc", op::Dense{}, {x}, {make_tensor({64, 64}, std::vector<float>(4096, 0.5F))});
    const Network network = with_formats(b.finish(fc).value(), parse_formats(format).value()).value();
    return unit_cost(unit_shape(network, fc, demand(network).layers[static_cast<std::size_t>(fc)]), 8, 32);
  };
  const double fp4 = unit("e2m1fn").lut_in_lut, fp8 = unit("e4m3fn").lut_in_lut, int4 = unit("int4").lut_in_lut,
               int8 = unit("int8").lut_in_lut, mxint8 = unit("mxint8").lut_in_lut, mxfp4 = unit("mxfp4").lut_in_lut;
  EXPECT_GT(fp8, 1.5 * fp4);
  EXPECT_GT(fp4, int4);
  EXPECT_GT(mxint8, 1.02 * int8);
  EXPECT_GT(mxfp4, fp4);
  EXPECT_GT(unit("mxint8").weight_bram + unit("mxint8").lut_in_lut, unit("int8").weight_bram + int8);
}

// Fewer bits of either factor: nothing costs more, at the same folding; and no folding is another in cycles.
RC_GTEST_PROP(UnitCost, FewerBitsNeverCostMore, ()) {
  const int weight = *rc::gen::inRange(1, 16), activation = *rc::gen::inRange(1, 16), output = *rc::gen::inRange(1, 32);
  const auto pe = *rc::gen::element<std::int64_t>(1, 2, 8), simd = *rc::gen::element<std::int64_t>(1, 3, 9, 18);
  const auto of = [&](int w, int a, int o) {
    UnitShape s = matrix(8, 18, w, a, o);
    s.vectors = 25;
    s.weight_width = w;
    s.activation_width = a;
    return unit_cost(s, pe, simd);
  };
  const UnitCost narrow = of(weight, activation, output);
  for (const UnitCost& wide : {of(weight + 1, activation, output), of(weight, activation + 1, output)}) {
    RC_ASSERT(narrow.lut_in_lut <= wide.lut_in_lut);
    RC_ASSERT(narrow.lut_in_dsp <= wide.lut_in_dsp);
    RC_ASSERT(narrow.dsp <= wide.dsp);
    RC_ASSERT(narrow.weight_bram + narrow.buffer_bram <= wide.weight_bram + wide.buffer_bram);
    RC_ASSERT(narrow.cycles == wide.cycles);
  }
}

TEST(UnitShape, FollowsTheLayers) {
  const Network network = small_network(8, 16, 10);
  const Demand d = demand(network);
  const auto shape = [&](const char* name) {
    const LayerId id = *network.find(name);
    return unit_shape(network, id, d.layers[static_cast<std::size_t>(id)]);
  };
  EXPECT_EQ(shape("conv1").rows, 8);
  EXPECT_EQ(shape("conv1").columns, 27);
  EXPECT_EQ(shape("conv1").vectors, 256);
  EXPECT_EQ(shape("conv1").window.channels, 3);
  EXPECT_EQ(shape("conv1").window.pixels_in(), 18 * 18);
  EXPECT_EQ(shape("conv1").padded_pixels, 18 * 18);
  // Window of 3 with padding 1: one row and two pixels of 16 × 16.
  EXPECT_DOUBLE_EQ(shape("conv1").start_share, (1.0 * 16 + 2) / 256);
  EXPECT_EQ(shape("pool").rows, 8);
  EXPECT_EQ(shape("pool").vectors, 256);
  EXPECT_EQ(shape("pool").pool, UnitShape::Pool::kDisjoint);
  EXPECT_EQ(shape("fc").columns, 16 * 64);
  EXPECT_EQ(shape("fc").vectors, 1);
  EXPECT_EQ(shape("fc").start_share, 1);
}

// Pictures of one channel, brought to ±1 and read by a dense layer: values of one pixel a cycle would set the interval.
Network scaled_perceptron(bool flattened) {
  NetworkBuilder b;
  LayerId x = b.input({1, 28, 28});
  x = b.add("twice", op::Binary{op::Binary::Kind::kMul}, {x}, {filled({1}, 2)});
  x = b.add("less", op::Binary{op::Binary::Kind::kSub}, {x}, {filled({1})});
  if (!flattened) return *b.finish(b.add("conv", op::Conv{}, {x}, {filled({8, 1, 3, 3}), nullptr}));
  x = b.add("flat", op::Reshape{{784}}, {x});
  return quantised(*b.finish(b.add("fc", op::Dense{}, {x}, {filled({64, 784}), nullptr})), 2, 2);
}

TEST(UnitShape, PixelsThatAreReadAsAVectorPassSideBySide) {
  const auto shape = [](const Network& network, const char* name) {
    const LayerId id = *network.find(name);
    return unit_shape(network, id, demand(network).layers[static_cast<std::size_t>(id)]);
  };
  for (const char* name : {"twice", "less"}) {
    EXPECT_EQ(shape(scaled_perceptron(true), name).rows, 784);
    EXPECT_EQ(shape(scaled_perceptron(true), name).vectors, 1);
    EXPECT_EQ(shape(scaled_perceptron(false), name).rows, 1);
    EXPECT_EQ(shape(scaled_perceptron(false), name).vectors, 784);
  }
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(scaled_perceptron(true), fpga()));
  EXPECT_THAT(e.notes, Contains("the stream of the input, 64 bits a cycle, sets the interval between images"));
  EXPECT_DOUBLE_EQ(e.throughput_per_second, 2e8 / (784 * 4 / 8));
}

// Every kind of matrix layer: rows × columns × vectors are its multiply-accumulates.
TEST(UnitShape, CoversAllMultiplyAccumulates) {
  NetworkBuilder b;
  const LayerId x = b.input({8, 12, 12});
  LayerId y = b.add("depthwise", op::Conv{.stride = {2, 2}, .pad = {1, 1, 1, 1}, .groups = 8}, {x},
                    {filled({8, 1, 3, 3}), nullptr});
  y = b.add("up", op::ConvTranspose{.stride = {2, 2}, .groups = 2}, {y}, {filled({8, 3, 2, 2}), nullptr});
  y = b.add("sequence", op::Reshape{{12, 72}}, {y});
  const LayerId q = b.add("dense", op::Dense{}, {y}, {filled({5, 72}), nullptr});
  const LayerId t = b.add("turned", op::Transpose{{1, 0}}, {q});
  y = b.add("product", op::MatMul{}, {q, t});
  y = b.add("lstm", op::Recurrent{.direction = op::Recurrent::Direction::kBidirectional}, {y},
            {filled({2, 4 * 7, 12}), filled({2, 4 * 7, 7}), nullptr, nullptr, nullptr, nullptr});
  const Network network = *b.finish(y);
  const Demand d = demand(network);
  for (LayerId id = 0; id < network.size(); ++id) {
    if (d.layers[static_cast<std::size_t>(id)].kind != LayerDemand::Kind::kMatrix) continue;
    const UnitShape s = unit_shape(network, id, d.layers[static_cast<std::size_t>(id)]);
    EXPECT_EQ(static_cast<double>(s.rows * s.columns) * s.vectors, static_cast<double>(layer_work(network, id).macs))
        << network.layer(id).name;
  }
}

TEST(FoldingChain, RunsFromOneMultiplicationACycleToAllAtOnce) {
  const FoldingChain chain = folding_chain(matrix(12, 18, 4, 4));
  EXPECT_EQ(chain.front().cycles, 12 * 18);
  EXPECT_EQ(chain.back().cycles, 1);
  for (std::size_t i = 0; i < chain.size(); ++i) {
    EXPECT_EQ(12 % chain[i].pe, 0);
    EXPECT_EQ(18 % chain[i].simd, 0);
    EXPECT_TRUE(i == 0 || chain[i].cycles < chain[i - 1].cycles);
  }
}

TEST(FoldingChain, HugeLayersStayBounded) {
  EXPECT_LE(folding_chain(matrix(735134400, 735134400, 8, 8)).size(), 1024U);
  EXPECT_EQ(folding_chain(matrix(2147483647, 1, 8, 8)).size(), 1U);  // a prime: nothing between one and too many
}

// The solver against every design there is.
RC_GTEST_PROP(SolveFolding, FindsADesignThatFitsAndIsNearTheBestOfAll, ()) {
  FoldingCache cache;
  std::vector<Unit> units;
  const int count = *rc::gen::inRange(1, 4);
  for (int i = 0; i < count; ++i) {
    Unit unit;
    const int bits = *rc::gen::element(2, 4, 8);
    unit.shape = matrix(*rc::gen::element(2, 4, 6), *rc::gen::element(3, 8), bits, bits);
    unit.shape.vectors = *rc::gen::element(1, 16, 100);
    unit.chain = cache.chain(unit.shape);
    units.push_back(unit);
  }
  Fabric fabric;
  fabric.usable_lut = *rc::gen::inRange(500, 12000);
  fabric.usable_dsp = *rc::gen::inRange(0, 60);
  fabric.usable_bram18 = 1000;
  const Design design = solve_folding(units, fabric, 0, {});
  // Every combination of foldings and of multipliers in DSP blocks.
  double best = HUGE_VAL;
  std::vector<std::size_t> fold(units.size(), 0);
  const auto next = [&] {
    for (std::size_t i = 0; i < fold.size(); ++i) {
      if (++fold[i] < units[i].chain->size()) return true;
      fold[i] = 0;
    }
    return false;
  };
  do {
    for (unsigned mask = 0; mask < (1U << units.size()); ++mask) {
      double lut = 0, dsp = 0, cycles = 0;
      for (std::size_t i = 0; i < units.size(); ++i) {
        const UnitCost& cost = (*units[i].chain)[fold[i]];
        const bool in_dsp = (mask >> i & 1U) != 0;
        lut += kWholeOverUnits * (in_dsp ? cost.lut_in_dsp : cost.lut_in_lut);
        dsp += in_dsp ? cost.dsp : 0;
        cycles = std::max(cycles, cost.cycles);
      }
      if (lut <= fabric.usable_lut && dsp <= fabric.usable_dsp) best = std::min(best, cycles);
    }
  } while (next());
  if (!design.fits) {
    RC_CLASSIFY(true, "does not fit");
    return;
  }
  RC_ASSERT(design.lut <= fabric.usable_lut);
  RC_ASSERT(design.dsp <= fabric.usable_dsp);
  RC_ASSERT(design.interval >= best);
  RC_ASSERT(design.interval <= 4 * best);  // a fixed order of moves to DSP blocks costs little
}

TEST(Pipeline, AnImageTakesItsStartUpAndTheSlowestUnit) {
  const Network network = small_network(8, 16, 10);
  const Demand d = demand(network);
  std::vector<UnitShape> shapes(d.layers.size());
  std::vector<double> cycles(d.layers.size(), 0);
  for (LayerId id = 0; id < network.size(); ++id) {
    const auto i = static_cast<std::size_t>(id);
    if (d.layers[i].kind != LayerDemand::Kind::kMatrix && d.layers[i].kind != LayerDemand::Kind::kElementwise) continue;
    shapes[i] = unit_shape(network, id, d.layers[i]);
    cycles[i] = 1000;
  }
  // By hand: conv1 starts at 18/256 of the input's 100 cycles (+ its first output), and so on; fc waits for all.
  const double c1_first = 18.0 / 256 * 100 + 1000.0 / 256, c1_last = c1_first + 1000 - 1000.0 / 256;
  const double pool_first = c1_first + shapes[3].start_share * (c1_last - c1_first) + 1000.0 / 64;
  const double pool_last = std::max(pool_first + 1000 - 1000.0 / 64, c1_last + 1000.0 / 64);
  const double c2_first = pool_first + 10.0 / 64 * (pool_last - pool_first) + 1000.0 / 64;
  const double c2_last = std::max(c2_first + 1000 - 1000.0 / 64, pool_last + 1000.0 / 64);
  EXPECT_NEAR(pipeline_latency(network, shapes, cycles, 100), c2_last + 1000, 1e-6);
}

TEST(JoinBuffers, HoldTheEarlierBranch) {
  const Network network = residual_network();
  const Demand d = demand(network);
  std::vector<UnitShape> shapes;
  for (LayerId id = 0; id < network.size(); ++id)
    shapes.push_back(d.layers[static_cast<std::size_t>(id)].kind == LayerDemand::Kind::kFree
                         ? UnitShape{}
                         : unit_shape(network, id, d.layers[static_cast<std::size_t>(id)]));
  const std::vector<double> bits(shapes.size(), 8);
  // One row and two pixels of 16 × 16 × 8 bytes wait for the second convolution.
  EXPECT_EQ(join_buffers(network, shapes, bits), std::ceil(18.0 / 256 * 2048 * 8 / 18432));
}

// A matrix layer with a sigmoid behind it, exact or of 16 lines of 16 bits.
Network gated_network(bool exact, float slope = 0.3F) {
  NetworkBuilder b;
  op::Activation sigmoid;
  sigmoid.kind = op::Activation::Kind::kSigmoid;
  const LayerId x = b.input({8});
  const LayerId fc = b.add("fc", op::Dense{}, {x}, {make_tensor({4, 8}, std::vector<float>(32, 0.5F)), nullptr});
  const LayerId y = b.add("gate", sigmoid, {fc});
  FunctionTable table;
  table.entry_bits = 16;
  for (int i = 1; i < 16; ++i) table.breakpoints.push_back(static_cast<float>(i));
  table.slopes.assign(16, slope);
  table.intercepts.assign(16, 0);
  if (!exact) b.layer(y).arithmetic.functions = {std::make_shared<const FunctionTable>(table)};
  return b.finish(y).value();
}

TEST(UnitCost, TablesOfFunctionsStandBesideEachRow) {
  const auto unit = [](const Network& network) {
    const Demand d = demand(network);
    return unit_cost(unit_shape(network, 1, d.layers[1]), 2, 4);
  };
  const UnitCost exact = unit(gated_network(true));
  // 16 entries of 32 bits in look-up tables of 2 bits, 32 deep.
  const UnitCost lines = unit(gated_network(false));
  EXPECT_EQ(lines.lut_in_dsp - exact.lut_in_dsp, 2 * 16);
  EXPECT_EQ(lines.dsp - exact.dsp, 2);
  const UnitCost shifts = unit(gated_network(false, 0.25F));
  EXPECT_EQ(shifts.lut_in_lut - exact.lut_in_lut, 2 * 16);
  EXPECT_EQ(shifts.dsp, exact.dsp);
  EXPECT_EQ(lines.cycles, exact.cycles);
}

TEST(StreamingEstimate, SaysThatTheLogicOfExactFunctionsIsNotKnown) {
  RS_ASSERT_OK_AND_ASSIGN(const Estimate exact, estimate(gated_network(true), fpga()));
  EXPECT_THAT(exact.notes,
              Contains(HasSubstr("layer 'gate': the logic of an exact exponential or the like is not known")));
  RS_ASSERT_OK_AND_ASSIGN(const Estimate lines, estimate(gated_network(false), fpga()));
  EXPECT_THAT(lines.notes, Not(Contains(HasSubstr("exact exponential"))));
}

TEST(StreamingEstimate, SaysWhatItDoes) {
  const Network network = quantised(small_network(16, 32), 4, 4);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(network, fpga()));
  ASSERT_TRUE(e.resources.has_value());
  EXPECT_EQ(e.fit, Fit::kYes) << e.does_not_fit;
  EXPECT_LE(e.resources->lut, 0.7 * 230400);
  EXPECT_GT(e.resources->lut, 0);
  std::set<std::string> roofs;
  for (const LayerEstimate& layer : e.layers) roofs.insert(layer.binding_roof);
  EXPECT_TRUE(roofs.count("compute LUT") + roofs.count("compute DSP") > 0 || !e.notes.empty());
  EXPECT_THAT(e.notes, Contains(HasSubstr("interval between images")));
  EXPECT_THAT(e.layers[1].runs_as, HasSubstr("int4 x uint4 in "));
}

TEST(StreamingEstimate, ARateHasTheIntervalOfTheTimeBetweenImages) {
  NetworkCost cost;
  cost.throughput_per_second = 100;
  EXPECT_FALSE(totals_of(Machine{}, Demand{}, cost, 1).throughput_interval.has_value());
  cost.latency = cost.latency_worst = Seconds(0.02);
  cost.spread = Spread{0.5, 4};
  const Totals totals = totals_of(Machine{}, Demand{}, cost, 1);
  EXPECT_DOUBLE_EQ(totals.throughput_interval->low, 25);
  EXPECT_DOUBLE_EQ(totals.throughput_interval->high, 200);
}

TEST(StreamingEstimate, NamesTheNodeThatSetsTheInterval) {
  NetworkBuilder b;
  LayerId x = b.input({2048});
  const Network dense = quantised(*b.finish(b.add("fc", op::Dense{}, {x}, {filled({2, 2048}), nullptr})), 2, 8);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(dense, fpga()));
  EXPECT_THAT(e.notes, Contains("the stream of the input, 64 bits a cycle, sets the interval between images"));
  EXPECT_DOUBLE_EQ(e.throughput_per_second, 2e8 / 256);
  EXPECT_EQ(e.layers[0].binding_roof, "memory DRAM");
  EXPECT_EQ(e.binding_roof, "memory DRAM");
  // Of a small image a window of 3 × 3 is slower than anything else.
  RS_ASSERT_OK_AND_ASSIGN(const Estimate conv, estimate(quantised(small_network(4, 16), 2, 2), fpga()));
  EXPECT_THAT(conv.notes, Contains("the sliding window of layer 'conv1' sets the interval between images"));
  EXPECT_EQ(conv.binding_roof, "stream");
}

// Twice the batch takes longer, but an image no more: what it draws is power times the time between two.
TEST(StreamingEstimate, EnergyOfAnImageIsPowerOverRate) {
  v1::Platform p = fpga();
  const Network network = quantised(small_network(16, 32), 4, 4);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate one, estimate(network, p, {.batch = 1}));
  RS_ASSERT_OK_AND_ASSIGN(const Estimate many, estimate(network, p, {.batch = 64}));
  EXPECT_DOUBLE_EQ(one.energy->value() * one.throughput_per_second, 20);
  EXPECT_DOUBLE_EQ(many.energy->value(), one.energy->value());
  set(p.mutable_host_seconds_per_batch(), 1);  // a host that is slower than the design
  RS_ASSERT_OK_AND_ASSIGN(const Estimate held, estimate(network, p));
  EXPECT_DOUBLE_EQ(held.throughput_per_second, 1);
  EXPECT_DOUBLE_EQ(held.energy->value(), 20);
}

TEST(StreamingEstimate, ADeviceThatIsTooSmallIsSaid) {
  const Network network = quantised(small_network(64, 32), 8, 8);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(network, fpga(2000, 4, 20)));
  EXPECT_EQ(e.fit, Fit::kNo);
  EXPECT_THAT(e.does_not_fit, HasSubstr("LUT; 1400 of 2000 can be used"));
  EXPECT_GT(e.latency.value(), 0);
}

TEST(StreamingEstimate, WeightsThatDoNotFitAreStreamed) {
  NetworkBuilder b;
  LayerId x = b.input({4096});
  x = b.add("fc1", op::Dense{}, {x}, {filled({4096, 4096}), nullptr});
  const Network network = quantised(*b.finish(x), 8, 8);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(network, fpga()));
  EXPECT_EQ(e.fit, Fit::kYes) << e.does_not_fit;
  EXPECT_THAT(e.notes, Contains("weights of 1 layers do not fit on the chip and are read from DRAM for every image"));
  EXPECT_GE(e.latency.value(), 4096.0 * 4096 / 1.92e10);
}

}  // namespace
}  // namespace roofscape::cost
