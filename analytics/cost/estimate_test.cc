#include "analytics/cost/estimate.h"

#include <gtest/gtest.h>

#include "analytics/cost/estimate_proto.h"
#include "analytics/cost/fpga_unit.h"
#include "analytics/cost/test_networks.h"

namespace roofscape::cost {
namespace {

using namespace testing;  // NOLINT: the room's own test helpers
using roofscape::testing::IsOk;
using roofscape::testing::StatusIs;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::DoubleEq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const LayerEstimate& layer(const Estimate& e, const std::string& name) {
  for (const LayerEstimate& one : e.layers)
    if (one.layer == name) return one;
  throw std::runtime_error(name);
}

TEST(Estimate, RooflineByHand) {
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(small_network(), cpu()));
  // conv1: 8·3·9 weights and 8 biases in fp32; 3·16·16 values in, 8·16·16 out; 2·8·27·256 operations.
  const LayerEstimate& conv = layer(e, "conv1");
  EXPECT_EQ(conv.operation, "Conv");
  EXPECT_EQ(conv.ops, 2.0 * 8 * 27 * 256);
  EXPECT_EQ(conv.weight_bytes, Bytes(4 * (8 * 27 + 8)));
  EXPECT_EQ(conv.activation_bytes, Bytes(4 * (3 * 256 + 8 * 256)));
  EXPECT_EQ(conv.arithmetic, "fp32 x fp32");
  EXPECT_EQ(conv.runs_as, "fp32 x fp32");
  EXPECT_THAT(conv.fallback, IsEmpty());
  EXPECT_EQ(conv.binding_roof, "compute fp32 x fp32");
  EXPECT_THAT(conv.time.value(), DoubleEq(2.0 * 8 * 27 * 256 / 1e10));
  EXPECT_THAT(conv.energy->value(), DoubleEq(5 * conv.time.value()));
  EXPECT_EQ(e.energy_basis, EnergyBasis::kPeakPower);
  // pool reads 8·16·16 and writes 8·8·8 values: 4 operations each of the latter, memory binds.
  const LayerEstimate& pool = layer(e, "pool");
  EXPECT_EQ(pool.binding_roof, "memory DRAM");
  EXPECT_THAT(pool.time.value(), DoubleEq(4 * (8 * 256 + 8 * 64) / 1e10));
  // Fused: its operations at the producer's rate, no bytes. A view: nothing at all.
  EXPECT_THAT(layer(e, "relu1").time.value(), DoubleEq(8 * 256 / 1e10));
  EXPECT_EQ(layer(e, "relu1").activation_bytes, Bytes(0));
  EXPECT_EQ(layer(e, "flat").binding_roof, "none");
  EXPECT_EQ(layer(e, "flat").time, Seconds(0));
  EXPECT_THAT(e.missing, Contains(HasSubstr("launch_seconds_per_layer")));
  EXPECT_THAT(e.notes, Contains(HasSubstr("peak power (5 W) times time")));
  EXPECT_EQ(e.fit, Fit::kUnknown);  // no memory says what it holds
  EXPECT_THAT(e.fit_not_known, HasSubstr("memory 'DRAM' does not state its capacity"));
  EXPECT_FALSE(e.resources.has_value());
}

TEST(Estimate, FormatsFallBackToTheNextWiderAndSaySo) {
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(quantised(small_network(), 4, 8), cpu()));
  const LayerEstimate& conv = layer(e, "conv2");
  EXPECT_EQ(conv.arithmetic, "int4 x uint8");
  EXPECT_EQ(conv.runs_as, "int8 x int8");
  EXPECT_EQ(conv.binding_roof, "compute int8 x int8");
  ASSERT_EQ(conv.fallback.size(), 1U);
  EXPECT_THAT(to_string(conv.fallback[0]), AllOf(HasSubstr("int4 x uint8"), HasSubstr("no peak")));
  EXPECT_THAT(e.notes, Contains("int4 x uint8 runs as int8 x int8 in layers 'conv1', 'conv2', 'fc'"));
  // 12 bits fit no integer peak: fp32.
  RS_ASSERT_OK_AND_ASSIGN(const Estimate wide, estimate(quantised(small_network(), 4, 12), cpu()));
  EXPECT_EQ(layer(wide, "conv2").runs_as, "fp32 x fp32");
  ASSERT_EQ(layer(wide, "conv2").fallback.size(), 2U);
  EXPECT_THAT(to_string(layer(wide, "conv2").fallback[1]), HasSubstr("activations are uint12; it takes int8"));
}

TEST(Estimate, APeakThatIsNeededAndMissingIsNamed) {
  v1::Platform p = cpu();
  p.mutable_compute()->DeleteSubrange(0, 1);
  EXPECT_THAT(estimate(small_network(), p),
              StatusIs(Code::kFailedPrecondition,
                       AllOf(HasSubstr("platform 'cpu' has no peak that holds fp32 x fp32 of layer 'conv1'"),
                             HasSubstr("it computes int8 x int8"))));
  // A search may ask for numbers anyway: those of the fastest peak, marked as not fitting.
  const EstimateOptions lenient{.unsupported = EstimateOptions::Unsupported::kDoesNotFit};
  RS_ASSERT_OK_AND_ASSIGN(const Estimate unfit, estimate(small_network(), p, lenient));
  EXPECT_EQ(unfit.fit, Fit::kNo);
  EXPECT_THAT(unfit.does_not_fit, HasSubstr("platform 'cpu' has no peak that holds fp32 x fp32 of layer 'conv1'"));
  EXPECT_GT(unfit.latency.value(), 0);
  RS_ASSERT_OK_AND_ASSIGN(const Pricer pricer, Pricer::create(p));
  RS_ASSERT_OK_AND_ASSIGN(const Totals totals, pricer.price(small_network(), lenient));
  EXPECT_EQ(totals.fit, Fit::kNo);
  EXPECT_THAT(estimate(quantised(small_network(), 8, 8), p), IsOk());
  p.clear_compute();
  EXPECT_THAT(estimate(small_network(), p),
              StatusIs(Code::kFailedPrecondition, HasSubstr("states no arithmetic peak")));
  p = cpu();
  p.mutable_memory(0)->clear_bandwidth_bytes_per_second();
  EXPECT_THAT(estimate(small_network(), p),
              StatusIs(Code::kFailedPrecondition, HasSubstr("gives no bandwidth of its outermost memory")));
  p = cpu();
  for (int level = 0; level < 8; ++level) add_memory(&p, "more", 0, 1e10);
  EXPECT_THAT(estimate(small_network(), p),
              StatusIs(Code::kFailedPrecondition, HasSubstr("platform 'cpu' states 9 memories; at most 8 can be")));
  p = fpga();
  p.clear_fpga();
  EXPECT_THAT(estimate(small_network(), p),
              StatusIs(Code::kFailedPrecondition, HasSubstr("needs fpga.lut, dsp, bram18")));
}

TEST(Estimate, LayersWithoutWeightsTakeTheFastestPeakWhereNoneHoldsTheirFormat) {
  NetworkBuilder b;
  const LayerId x = b.input({3, 8, 8});
  const Network pool = *b.finish(b.add("mean", op::Pool{op::Pool::Kind::kAverage, {2, 2}, {2, 2}}, {x}));
  v1::Platform p = cpu();
  p.mutable_compute()->DeleteSubrange(0, 1);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(pool, p));
  EXPECT_EQ(layer(e, "mean").runs_as, "int8 x int8");
  EXPECT_THAT(e.notes, Contains("no peak holds fp32 x fp32: layers without weights are priced at int8 x int8"));
}

TEST(Estimate, ABadBatchIsRefused) {
  EXPECT_THAT(estimate(small_network(), cpu(), {.batch = 0}),
              StatusIs(Code::kInvalidArgument, HasSubstr("batch is 0; use at least 1")));
}

TEST(Estimate, WeightsAndActivationsStayInAnInnerMemoryThatHoldsThem) {
  v1::Platform p = cpu();
  p.clear_memory();
  add_memory(&p, "SRAM", 1e6, 0);
  add_memory(&p, "DRAM", 0, 1e8);  // slow: would bind everything
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(small_network(), p));
  EXPECT_EQ(layer(e, "conv2").binding_roof, "compute fp32 x fp32");
  EXPECT_EQ(layer(e, "conv1").binding_roof, "memory DRAM");  // the image comes from outside
  EXPECT_THAT(layer(e, "conv1").time.value(), DoubleEq(4 * 3 * 256 / 1e8));
  p.mutable_memory(0)->mutable_capacity_bytes()->set_value(20'000);  // holds activations, not weights
  RS_ASSERT_OK_AND_ASSIGN(const Estimate less, estimate(small_network(), p));
  EXPECT_THAT(layer(less, "conv2").time.value(), DoubleEq(4 * (16 * 72 + 16) / 1e8));
  p.mutable_memory(0)->mutable_capacity_bytes()->set_value(1e6);
  p.mutable_memory(0)->set_activations_only(true);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate queued, estimate(small_network(), p));
  EXPECT_EQ(layer(queued, "conv2").time, layer(less, "conv2").time);
  EXPECT_EQ(layer(queued, "conv2").binding_roof, "memory DRAM");
}

TEST(Estimate, EnergyFromActivityWhereThePlatformStatesIt) {
  v1::Platform p = cpu();
  p.clear_compute();
  p.clear_memory();
  add_peak(&p, "fp32", 1e10, 1e-12);
  add_memory(&p, "DRAM", 0, 1e10, 2e-11);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(small_network(), p, {.batch = 2}));
  const LayerEstimate& conv = layer(e, "conv1");
  const double bytes = (conv.weight_bytes + conv.activation_bytes).value();
  EXPECT_THAT(conv.energy->value(), DoubleEq(conv.ops * 1e-12 + bytes * 2e-11));
  EXPECT_THAT(e.notes, Contains(HasSubstr("static power is not known")));
  EXPECT_EQ(e.energy_basis, EnergyBasis::kActivityAlone);
  set(p.mutable_static_watts(), 1);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate more, estimate(small_network(), p, {.batch = 2}));
  EXPECT_THAT(layer(more, "conv1").energy->value(), DoubleEq(conv.energy->value() + conv.time.value()));
  EXPECT_EQ(more.energy_basis, EnergyBasis::kActivityAndStaticPower);
  // Of an image, part by part; a host that takes longer keeps the device waiting at static power.
  const double static_energy = more.latency.value() / 2;
  EXPECT_NEAR(more.energy_parts.idle.value(), static_energy, 1e-12 * static_energy);
  EXPECT_EQ(more.energy_parts.waiting, Joules(0));
  EXPECT_NEAR(more.energy_parts.operations.value() + more.energy_parts.memory[0].value(), e.energy->value(), 1e-15);
  EXPECT_EQ(e.energy_parts.idle, Joules(0));
  set(p.mutable_host_seconds_per_batch(), 1);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate waiting, estimate(small_network(), p, {.batch = 2}));
  EXPECT_NEAR(waiting.energy_parts.waiting.value(), 0.5 - static_energy, 1e-9);
  EXPECT_NEAR(waiting.energy->value(), more.energy->value() + 0.5 - static_energy, 1e-9);
  const v1::Estimate message = to_proto(waiting, "platforms/cpu", 2, true);
  ASSERT_EQ(message.energy_parts_size(), 4);
  EXPECT_EQ(message.energy_parts(1).spent_on(), v1::SPENT_ON_MEMORY);
  EXPECT_EQ(message.energy_parts(1).memory(), "DRAM");
  EXPECT_EQ(message.energy_parts(3).spent_on(), v1::SPENT_ON_WAITING_FOR_HOST);
  EXPECT_GT(message.layers(1).energy_parts_size(), 2);
  EXPECT_FALSE(message.has_fits()) << "not known";
  EXPECT_FALSE(message.fit_not_known().empty());
  p.clear_host_seconds_per_batch();
  p.clear_compute();
  add_peak(&p, "fp32", 1e10);
  p.clear_peak_watts();
  RS_ASSERT_OK_AND_ASSIGN(const Estimate none, estimate(small_network(), p));
  EXPECT_FALSE(none.energy.has_value());
  EXPECT_EQ(none.energy_basis, EnergyBasis::kNone);
  EXPECT_FALSE(none.layers[1].energy.has_value());
  EXPECT_THAT(none.missing, Contains(HasSubstr("peak_watts")));
}

TEST(Estimate, SparseWeightsSaveStorageOnlyAndSaySo) {
  std::vector<float> values(10 * 1024, 0.0F);
  for (std::size_t i = 0; i < values.size(); i += 10) values[i] = 1;
  const auto network = [&](Storage::Encoding encoding) {
    NetworkBuilder b;
    const LayerId x = b.input({1024});
    const LayerId fc = b.add("fc", op::Dense{}, {x}, {make_tensor({10, 1024}, values), nullptr});
    b.layer(fc).storage.encoding = encoding;
    return *b.finish(fc);
  };
  RS_ASSERT_OK_AND_ASSIGN(const Estimate dense, estimate(network(Storage::Encoding::kDense), cpu()));
  RS_ASSERT_OK_AND_ASSIGN(const Estimate sparse, estimate(network(Storage::Encoding::kBitmap), cpu()));
  EXPECT_EQ(sparse.layers[1].ops, dense.layers[1].ops);
  EXPECT_EQ(sparse.weight_bytes, Bytes((10'240 + 1024 * 32) / 8));
  EXPECT_LT(sparse.latency, dense.latency);  // memory binds a dense layer
  EXPECT_THAT(sparse.notes,
              Contains("layer 'fc': zero weights take no room or traffic, but their work is not skipped"));
}

TEST(Estimate, ZerosAreSkippedWhereThePlatformCanAndElseItSaysWhyNot) {
  const auto skipping = [](std::vector<float> shares) {
    NetworkBuilder b;
    const LayerId x = b.input({4, 16, 16});
    const LayerId c = b.add("conv", op::Conv{}, {x}, {filled({64, 4, 3, 3}), nullptr});
    if (!shares.empty()) b.layer(c).arithmetic.skips = std::make_shared<const Skips>(Skips{0, std::move(shares)});
    return *b.finish(c);
  };
  const Network network = skipping({0.5F, 0.25F, 0.75F, 0.5F});
  v1::Platform platform = cpu();
  RS_ASSERT_OK_AND_ASSIGN(const Estimate all, estimate(network, platform));
  RS_ASSERT_OK_AND_ASSIGN(const Estimate dense, estimate(skipping({}), platform));
  EXPECT_EQ(all.latency, dense.latency);
  ASSERT_EQ(layer(all, "conv").fallback.size(), 1U);
  EXPECT_EQ(layer(all, "conv").fallback[0].who, "zero-skipping");
  EXPECT_THAT(layer(all, "conv").fallback[0].because, HasSubstr("50 % of the inputs are 0 and cost as much"));
  EXPECT_THAT(all.notes, Contains(HasSubstr("layer 'conv': inputs that are 0 cost as much as others")));

  set(platform.mutable_zero_skipping()->mutable_lane_count(), 2);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate two, estimate(network, platform));
  EXPECT_EQ(layer(two, "conv").ops, layer(dense, "conv").ops / 2);
  // Lanes of channels 0 and 2, 1 and 3: the second has 1.25 of two channels left.
  EXPECT_THAT((two.latency / dense.latency), DoubleEq(0.625));
  EXPECT_THAT(layer(two, "conv").fallback, IsEmpty());
  EXPECT_THAT(two.notes, Contains(HasSubstr("2 lanes wait for the slowest")));
  set(platform.mutable_zero_skipping()->mutable_lane_count(), 64);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate many, estimate(network, platform));
  EXPECT_THAT((many.latency / dense.latency), DoubleEq(0.75));
  RS_ASSERT_OK_AND_ASSIGN(const Estimate on_fpga, estimate(network, fpga()));
  EXPECT_EQ(layer(on_fpga, "conv").fallback.size(), 1U);
}

TEST(Estimate, AccumulatorsAreSmallerOnFpgasAndElseItSaysThatTheyAreNot) {
  const auto limited = [](std::optional<Accumulator> accumulator) {
    const Network network = quantised(small_network(), 8, 8);
    std::vector<Layer> layers(network.layers().begin(), network.layers().end());
    for (Layer& layer : layers)
      if (layer.has_weight()) layer.arithmetic.accumulator = accumulator;
    return *Network::create(std::move(layers), network.output());
  };
  const Network plain = limited(std::nullopt), narrow = limited(Accumulator{12});
  RS_ASSERT_OK_AND_ASSIGN(const Estimate all, estimate(plain, cpu()));
  RS_ASSERT_OK_AND_ASSIGN(const Estimate same, estimate(narrow, cpu()));
  EXPECT_EQ(same.latency, all.latency);
  EXPECT_THAT(same.notes, Contains(HasSubstr("an accumulator costs the same at every width")));
  EXPECT_THAT(all.notes, Not(Contains(HasSubstr("accumulator"))));
  const LayerId conv = *plain.find("conv2");
  const auto shape_of = [&](const Network& network) {
    return unit_shape(network, conv, demand(network).layers[static_cast<std::size_t>(conv)]);
  };
  EXPECT_EQ(shape_of(narrow).accumulator_limit, 12);
  EXPECT_LT(unit_cost(shape_of(narrow), 1, 1).lut_in_dsp, unit_cost(shape_of(plain), 1, 1).lut_in_dsp);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate on_fpga, estimate(narrow, fpga()));
  EXPECT_THAT(on_fpga.notes, Not(Contains(HasSubstr("accumulator"))));
}

TEST(Estimate, LayersAfterAnExitCostWhatTheImagesThatStayNeed) {
  const auto exiting = [](double leaving) {
    NetworkBuilder b;
    const LayerId x = b.input({64});
    const LayerId first = b.add("first", op::Dense{}, {x}, {filled({64, 64}), nullptr});
    const LayerId head = b.add("head", op::Dense{}, {first}, {filled({10, 64}), nullptr});
    const LayerId second = b.add("second", op::Dense{}, {first}, {filled({4096, 64}), nullptr});
    const LayerId last = b.add("last", op::Dense{}, {second}, {filled({10, 4096}), nullptr});
    return *b.finish(b.add("exit", op::Select{.confidence = 0.9F, .leaving = leaving}, {head, last}));
  };
  v1::Platform platform = cpu();
  platform.clear_peak_watts();
  set(platform.mutable_compute(0)->mutable_energy_joules_per_op(), 1e-12);
  set(platform.mutable_compute(1)->mutable_energy_joules_per_op(), 1e-12);
  set(platform.mutable_memory(0)->mutable_energy_joules_per_byte(), 1e-11);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate none, estimate(exiting(0), platform));
  EXPECT_EQ(none.latency_worst, none.latency);
  EXPECT_FALSE(to_proto(none, "p", 1, false).has_latency_worst_seconds());
  RS_ASSERT_OK_AND_ASSIGN(const Estimate some, estimate(exiting(0.75), platform));
  EXPECT_EQ(some.latency_worst, none.latency);
  EXPECT_EQ(to_proto(some, "p", 1, false).latency_worst_seconds(), none.latency.value());
  for (const char* name : {"first", "head", "exit"}) {
    EXPECT_EQ(layer(some, name).time, layer(none, name).time);
    EXPECT_EQ(*layer(some, name).energy, *layer(none, name).energy);
  }
  for (const char* name : {"second", "last"}) {
    EXPECT_THAT((layer(some, name).time / layer(none, name).time), DoubleEq(0.25));
    EXPECT_THAT((*layer(some, name).energy / *layer(none, name).energy), DoubleEq(0.25));
    EXPECT_THAT(layer(some, name).ops, DoubleEq(layer(none, name).ops / 4));
  }
  EXPECT_THAT(some.notes, Contains(HasSubstr("75.0 % of the images leave at 'exit'")));
  // Of a batch of 4, some image stays with 1 − 0.75⁴, and the weights are fetched once for those that do.
  RS_ASSERT_OK_AND_ASSIGN(const Estimate four, estimate(exiting(0.75), platform, {.batch = 4}));
  EXPECT_THAT((layer(four, "last").weight_bytes / layer(none, "last").weight_bytes),
              DoubleEq(1 - 0.75 * 0.75 * 0.75 * 0.75));
  EXPECT_THAT(layer(four, "last").ops, DoubleEq(layer(none, "last").ops));
  EXPECT_LE(four.latency, four.latency_worst);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate on_fpga, estimate(exiting(0.75), fpga()));
  EXPECT_EQ(on_fpga.latency_worst, on_fpga.latency);
  EXPECT_THAT(on_fpga.notes, Contains(HasSubstr("and nothing is saved")));
}

TEST(Estimate, LaunchIsPaidOnceALayerThatStarts) {
  v1::Platform p = cpu();
  set(p.mutable_launch_seconds_per_layer(), 1e-3);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(small_network(), p));
  EXPECT_EQ(layer(e, "conv1").binding_roof, "launch");
  EXPECT_EQ(layer(e, "relu1").time, Seconds(8 * 256 / 1e10));
  EXPECT_GT(e.latency.value(), 4e-3);
  EXPECT_LT(e.latency.value(), 5e-3);
  EXPECT_THAT(e.missing, IsEmpty());
}

TEST(Estimate, AMemoryThatIsTooSmallIsSaid) {
  v1::Platform p = cpu();
  set(p.mutable_memory(0)->mutable_capacity_bytes(), 1000);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(small_network(), p));
  EXPECT_EQ(e.fit, Fit::kNo);
  EXPECT_THAT(e.does_not_fit, HasSubstr("memory 'DRAM' holds 1000"));
}

TEST(Estimate, WhatTheRestOfTheSystemTakesIsNoEnergyOfTheDevice) {
  v1::Platform p = cpu();
  set(p.mutable_peak_watts(), 7);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate alone, estimate(small_network(), p));
  set(p.mutable_system_static_watts(), 300);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate at_the_wall, estimate(small_network(), p));
  ASSERT_TRUE(alone.energy.has_value());
  EXPECT_EQ(at_the_wall.energy, alone.energy);
}

TEST(Estimate, LanesWithoutWorkCostTimeButNoOperations) {
  v1::Platform p = cpu();
  RS_ASSERT_OK_AND_ASSIGN(const Estimate full, estimate(small_network(6), p));
  for (v1::ComputeCeiling& ceiling : *p.mutable_compute()) set(ceiling.mutable_output_lane_count(), 4);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate idle, estimate(small_network(6), p));
  EXPECT_GT(idle.latency, full.latency);
  for (std::size_t i = 0; i < full.layers.size(); ++i) EXPECT_EQ(idle.layers[i].ops, full.layers[i].ops);
}

TEST(Estimate, TheHostAddsToABatchAndOverlapsWithTheNext) {
  v1::Platform p = cpu();
  RS_ASSERT_OK_AND_ASSIGN(const Estimate alone, estimate(small_network(), p, {.batch = 4}));
  set(p.mutable_host_seconds_per_batch(), alone.latency.value() / 2);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate quick, estimate(small_network(), p, {.batch = 4}));
  EXPECT_THAT((quick.latency / alone.latency), DoubleEq(1.5));
  EXPECT_THAT((quick.latency_worst / alone.latency), DoubleEq(1.5));
  EXPECT_THAT(quick.throughput_per_second, DoubleEq(alone.throughput_per_second));
  EXPECT_EQ(quick.energy, alone.energy);
  EXPECT_THAT(quick.notes, Contains(HasSubstr("s for each batch: it adds to the latency and overlaps")));
  p.mutable_host_seconds_per_batch()->set_value(1);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate slow, estimate(small_network(), p, {.batch = 4}));
  EXPECT_THAT(slow.throughput_per_second, DoubleEq(4));
  v1::Platform streaming = fpga();
  set(streaming.mutable_host_seconds_per_batch(), 1);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate design, estimate(small_network(), streaming, {.batch = 4}));
  EXPECT_THAT(design.throughput_per_second, DoubleEq(4));
  EXPECT_GT(design.latency.value(), 1);
}

TEST(Estimate, WinogradConvolutionsRunAboveNominalAndSaySo) {
  v1::Platform p = cpu();
  add_peak(&p, "fp32", 4e10);
  p.mutable_compute(2)->set_algorithm("winograd");
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(small_network(), p));
  EXPECT_EQ(layer(e, "conv1").runs_as, "fp32 x fp32, Winograd");
  EXPECT_EQ(layer(e, "fc").runs_as, "fp32 x fp32");
  EXPECT_THAT(layer(e, "fc").fallback, IsEmpty());
  EXPECT_THAT(e.notes, Contains("3x3 convolutions use Winograd: their ceiling lies above nominal"));
  RS_ASSERT_OK_AND_ASSIGN(const Estimate integers, estimate(quantised(small_network(), 8, 8), p));
  EXPECT_EQ(layer(integers, "conv1").runs_as, "int8 x int8");
  EXPECT_THAT(integers.notes, Not(Contains(HasSubstr("Winograd"))));
}

TEST(Estimate, AnOverlayIsPricedLayerByLayer) {
  v1::Platform p = cpu();
  RS_ASSERT_OK_AND_ASSIGN(const Estimate on_cpu, estimate(small_network(), p));
  p.set_device_class(v1::FPGA);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate overlay, estimate(small_network(), p));
  EXPECT_EQ(overlay.latency, on_cpu.latency);
  EXPECT_FALSE(overlay.resources.has_value());
  EXPECT_EQ(layer(overlay, "conv1").binding_roof, "compute fp32 x fp32");
}

TEST(Estimate, APricerGivesTheSameNumbersWithoutWords) {
  for (const v1::Platform& p : {cpu(), fpga()}) {
    for (const Network& network : {small_network(), residual_network(), quantised(small_network(), 4, 4)}) {
      RS_ASSERT_OK_AND_ASSIGN(const Pricer pricer, Pricer::create(p));
      RS_ASSERT_OK_AND_ASSIGN(const Totals totals, pricer.price(network, {.batch = 3}));
      RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(network, p, {.batch = 3}));
      EXPECT_EQ(totals.latency, e.latency);
      EXPECT_EQ(totals.throughput_per_second, e.throughput_per_second);
      EXPECT_EQ(totals.energy, e.energy);
      EXPECT_EQ(totals.weight_bytes, e.weight_bytes);
      EXPECT_EQ(totals.peak_activation_bytes, e.peak_activation_bytes);
      EXPECT_EQ(totals.fit, e.fit);
      EXPECT_EQ(totals.resources.has_value(), e.resources.has_value());
    }
  }
}

TEST(EstimateProto, CarriesEverything) {
  RS_ASSERT_OK_AND_ASSIGN(const Estimate e, estimate(quantised(small_network(), 4, 8), cpu(), {.batch = 2}));
  const v1::Estimate out = to_proto(e, "platforms/cpu", 2, true);
  EXPECT_EQ(out.platform(), "platforms/cpu");
  EXPECT_EQ(out.batch(), 2);
  EXPECT_EQ(out.latency_seconds(), e.latency.value());
  EXPECT_EQ(out.energy_joules(), e.energy->value());
  EXPECT_FALSE(out.has_lut_count());
  ASSERT_EQ(out.layers_size(), static_cast<int>(e.layers.size()));
  EXPECT_EQ(out.layers(1).layer(), "conv1");
  EXPECT_EQ(out.layers(1).op(), "Conv");
  EXPECT_EQ(out.layers(1).runs_as(), "int8 x int8");
  EXPECT_EQ(out.layers(1).fallback_size(), 1);
  EXPECT_EQ(out.layers(1).intensity_ops_per_byte(), e.layers[1].intensity.value());
  EXPECT_EQ(out.notes_size(), static_cast<int>(e.notes.size()));
  EXPECT_EQ(to_proto(e, "platforms/cpu", 2, false).layers_size(), 0);
  RS_ASSERT_OK_AND_ASSIGN(const Estimate f, estimate(small_network(), fpga()));
  EXPECT_TRUE(to_proto(f, "platforms/fpga", 1, false).has_dsp_count());
}

}  // namespace
}  // namespace roofscape::cost
