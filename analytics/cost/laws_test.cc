// The promises of estimate.h, over random networks, formats and platforms.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "analytics/cost/estimate.h"
#include "analytics/cost/estimate_proto.h"
#include "analytics/cost/sparse_weights.h"
#include "analytics/cost/test_networks.h"

namespace roofscape::cost {
namespace {

using namespace testing;  // NOLINT: the room's own test helpers

constexpr double kSlack = 1 + 1e-12;  // sums in floating point

template <typename T>
T pick(std::initializer_list<T> choices) {
  return *rc::gen::elementOf(std::vector<T>(choices));
}

Network any_network() {
  const auto channels = pick<std::int64_t>({4, 6, 16}), size = pick<std::int64_t>({8, 12, 32});
  const Network plain = *rc::gen::arbitrary<bool>() ? small_network(channels, size) : residual_network();
  const Network formed = quantised(plain, pick({0, 2, 3, 4, 5, 8, 12, 16}), pick({0, 2, 4, 8, 16}));
  return *rc::gen::arbitrary<bool>() ? formed : pruned(formed, pick<std::size_t>({2, 7}));
}

// Any figure of the platform may be there or not, save fp32, which every network can fall back to.
v1::Platform any_platform() {
  v1::Platform p;
  p.set_id("any");
  p.set_device_class(v1::ASIC);
  const bool energies = *rc::gen::arbitrary<bool>();
  const auto energy = [&](double value) { return energies ? value : 0; };
  add_peak(&p, "fp32", pick({1e9, 1e11}), energy(1e-11));
  for (const char* format : {"fp16", "int16", "int8", "int4"})
    if (*rc::gen::arbitrary<bool>()) add_peak(&p, format, pick({1e9, 3e9, 1e10, 1e12}), energy(1e-12));
  for (v1::ComputeCeiling& ceiling : *p.mutable_compute()) {
    if (*rc::gen::arbitrary<bool>()) set(ceiling.mutable_input_lane_count(), pick({3.0, 4.0, 16.0}));
    if (*rc::gen::arbitrary<bool>()) set(ceiling.mutable_output_lane_count(), pick({3.0, 4.0, 16.0}));
    if (*rc::gen::arbitrary<bool>()) set(ceiling.mutable_pixel_lane_count(), pick({3.0, 8.0}));
    if (ceiling.has_input_lane_count() && *rc::gen::arbitrary<bool>()) ceiling.set_input_lane_use("window");
    const int kinds = ceiling.has_input_lane_count() + ceiling.has_output_lane_count() + ceiling.has_pixel_lane_count();
    ceiling.set_systolic(kinds == 2 && *rc::gen::arbitrary<bool>());
  }
  if (*rc::gen::arbitrary<bool>()) add_memory(&p, "L1", 32768, pick({0.0, 1e11}), energy(1e-12));
  if (*rc::gen::arbitrary<bool>()) add_memory(&p, "SRAM", pick({5e4, 1e6, 1e8}), pick({0.0, 3e10}), energy(1e-11));
  add_memory(&p, "DRAM", 0, pick({1e8, 1e10}), energy(1e-10));
  if (*rc::gen::arbitrary<bool>()) set(p.mutable_vector_unit()->mutable_steps_per_second(), pick({1e7, 1e10}));
  if (*rc::gen::arbitrary<bool>()) p.mutable_vector_unit()->set_depthwise(true);
  if (*rc::gen::arbitrary<bool>()) set(p.mutable_launch_seconds_per_layer(), pick({1e-7, 1e-4}));
  if (*rc::gen::arbitrary<bool>()) set(p.mutable_decode_weights_per_second(), pick({1e5, 1e9}));
  if (*rc::gen::arbitrary<bool>()) set(p.mutable_peak_watts(), 7);
  if (*rc::gen::arbitrary<bool>()) set(p.mutable_static_watts(), 2);
  if (*rc::gen::arbitrary<bool>()) set(p.mutable_host_seconds_per_batch(), pick({1e-6, 1e-2}));
  if (*rc::gen::arbitrary<bool>()) set(p.mutable_unstructured_sparsity()->mutable_lane_count(), pick({1.0, 8.0, 64.0}));
  return p;
}

// The same, perhaps of several engines that take an image each, and with Winograd, of which narrow formats are no
// faster.
v1::Platform any_decoder() {
  v1::Platform p = any_platform();
  if (*rc::gen::arbitrary<bool>()) {
    set(p.mutable_image_engines()->mutable_engine_count(), pick({1.0, 2.0, 3.0, 64.0}));
    p.mutable_image_engines()->set_share_weights(*rc::gen::arbitrary<bool>());
    if (!p.image_engines().share_weights() && *rc::gen::arbitrary<bool>())
      set(p.mutable_image_engines()->mutable_port_bytes_per_second(), pick({1e8, 1e9}));
  }
  if (*rc::gen::arbitrary<bool>()) {
    add_peak(&p, "fp32", 2.25 * p.compute(0).ops_per_second().value(), p.compute(0).energy_joules_per_op().value());
    p.mutable_compute(p.compute_size() - 1)->set_algorithm("winograd");
  }
  return p;
}

v1::Platform any_fpga() {
  v1::Platform p = fpga(pick({5e3, 3e4, 5e4, 2.3e5}), pick({1.0, 220.0, 1728.0}), pick({40.0, 280.0, 624.0}));
  if (*rc::gen::arbitrary<bool>()) set(p.mutable_fpga()->mutable_uram(), pick({2.0, 96.0}));
  p.mutable_memory(0)->mutable_bandwidth_bytes_per_second()->set_value(pick({1e8, 1.92e10}));
  return p;
}

std::int64_t any_batch() { return pick<std::int64_t>({1, 2, 7, 64}); }

Estimate price(const Network& network, const v1::Platform& platform, std::int64_t batch = 1) {
  const Result<Estimate> e = estimate(network, platform, {.batch = batch});
  if (!e.ok()) RC_FAIL(e.status().message());
  return *e;
}

void grow(v1::Figure* figure) { figure->set_value(figure->value() * pick({1.5, 10.0})); }

// Images that are worked on at once, at most.
double engines(const v1::Platform& platform, std::int64_t batch) {
  return platform.has_image_engines()
             ? std::min(platform.image_engines().engine_count().value(), static_cast<double>(batch))
             : 1;
}

RC_GTEST_PROP(Laws, MoreComputeBandwidthOrCapacityIsNeverSlower, ()) {
  const Network network = any_network();
  const v1::Platform p = any_decoder();
  const std::int64_t batch = any_batch();
  v1::Platform better = p;
  const auto which = *rc::gen::inRange(-3, p.compute_size() + p.memory_size());
  if (which == -3) {
    // The steps of a unit that is not stated follow from the peaks.
    if (p.vector_unit().has_steps_per_second()) grow(better.mutable_vector_unit()->mutable_steps_per_second());
  } else if (which == -2) {
    if (p.image_engines().has_port_bytes_per_second())
      grow(better.mutable_image_engines()->mutable_port_bytes_per_second());
  } else if (which < 0) {
    if (p.has_decode_weights_per_second()) grow(better.mutable_decode_weights_per_second());
  } else if (which < p.compute_size()) {
    grow(better.mutable_compute(which)->mutable_ops_per_second());
  } else {
    v1::MemoryLevel* level = better.mutable_memory(which - p.compute_size());
    if (level->has_bandwidth_bytes_per_second()) grow(level->mutable_bandwidth_bytes_per_second());
    if (level->has_capacity_bytes()) grow(level->mutable_capacity_bytes());
  }
  const Estimate before = price(network, p, batch), after = price(network, better, batch);
  RC_ASSERT(after.latency <= before.latency * kSlack);
  for (std::size_t i = 0; i < before.layers.size(); ++i)
    RC_ASSERT(after.layers[i].time <= before.layers[i].time * kSlack);
}

RC_GTEST_PROP(Laws, TimeIsAtLeastEveryBound, ()) {
  const Network network = any_network();
  const v1::Platform p = any_decoder();
  const std::int64_t batch = any_batch();
  const Estimate e = price(network, p, batch);
  for (std::size_t i = 0; i < e.layers.size(); ++i) {
    const LayerEstimate& layer = e.layers[i];
    const Layer& described = network.layer(static_cast<LayerId>(i));
    if (p.has_decode_weights_per_second() && is_packed_form(described))
      RC_ASSERT(layer.time.value() * kSlack >=
                stored_weights(described) / p.decode_weights_per_second().value() / engines(p, batch));
    const bool fused = layer.operation == "Relu";  // in small networks: computed with the layer before
    for (const v1::ComputeCeiling& ceiling : p.compute())
      if (!fused && layer.runs_as ==
                        ceiling.weight() + " x " + ceiling.weight() + (ceiling.algorithm().empty() ? "" : ", Winograd"))
        RC_ASSERT(layer.time.value() * kSlack >= layer.ops / ceiling.ops_per_second().value());
    // All bytes pass through the innermost memory, of which each engine has one unless it is the outermost.
    if (p.memory(0).has_bandwidth_bytes_per_second())
      RC_ASSERT(layer.time.value() * kSlack >= (layer.weight_bytes + layer.activation_bytes).value() /
                                                   p.memory(0).bandwidth_bytes_per_second().value() /
                                                   (p.memory_size() > 1 ? engines(p, batch) : 1));
  }
}

RC_GTEST_PROP(Laws, LayersAddUpToTheWhole, ()) {
  const Network network = any_network();
  const std::int64_t batch = any_batch();
  const v1::Platform p = any_decoder();
  const Estimate e = price(network, p, batch);
  Seconds time;
  Joules energy;
  for (const LayerEstimate& layer : e.layers) {
    time += layer.time;
    RC_ASSERT(layer.energy.has_value() == e.energy.has_value());
    if (layer.energy) energy += *layer.energy;
  }
  // The host's time adds to the latency, and overlaps with the device's work on the next batch.
  const Seconds host(p.host_seconds_per_batch().value());
  RC_ASSERT(std::abs((time + host) / e.latency - 1) < 1e-9);
  const double interval = std::max(time, host).value();
  RC_ASSERT(std::abs(e.throughput_per_second * interval / static_cast<double>(batch) - 1) < 1e-9);
  if (!e.energy) return;
  // What the device takes while it waits for the host is no layer's.
  const Joules of_layers = *e.energy - e.energy_parts.waiting;
  RC_ASSERT(e.energy_parts.waiting.value() >= 0);
  RC_ASSERT(std::abs(energy / (of_layers * static_cast<double>(batch)) - 1) < 1e-9);
}

// On a pipeline layers overlap: the busiest sets the interval, unless DRAM does and is named; none is busy longer than
// the batch takes; and the energies alone add up, to power times the time between images.
RC_GTEST_PROP(Laws, APipelineIsAsFastAsItsBusiestLayer, ()) {
  const Network network = any_network();
  const std::int64_t batch = any_batch();
  const Estimate e = price(network, any_fpga(), batch);
  Seconds busiest;
  Joules energy;
  for (const LayerEstimate& layer : e.layers) {
    busiest = std::max(busiest, layer.time);
    energy += *layer.energy;
  }
  const double interval = 1 / e.throughput_per_second;
  RC_ASSERT(interval * static_cast<double>(batch) * kSlack >= busiest.value());
  const bool by_memory = std::any_of(e.notes.begin(), e.notes.end(), [](const std::string& note) {
    return note.find("transfers to and from") != std::string::npos;
  });
  if (!by_memory) RC_ASSERT(std::abs(interval * static_cast<double>(batch) / busiest.value() - 1) < 1e-9);
  RC_ASSERT(std::abs(e.energy->value() * e.throughput_per_second / 20 - 1) < 1e-9);
  RC_ASSERT(e.latency.value() * kSlack >= interval * static_cast<double>(batch));
  RC_ASSERT(e.latency * kSlack >= busiest);
  RC_ASSERT(std::abs(energy / (*e.energy * static_cast<double>(batch)) - 1) < 1e-9);
}

RC_GTEST_PROP(Laws, MoreLogicIsNeverSlower, ()) {
  const Network network = any_network();
  const v1::Platform p = any_fpga();
  v1::Platform better = p;
  v1::FpgaFabric* fabric = better.mutable_fpga();
  switch (*rc::gen::inRange(0, 6)) {
    case 0: grow(fabric->mutable_lut()); break;
    case 1: grow(fabric->mutable_dsp()); break;
    case 2: grow(fabric->mutable_bram18()); break;
    case 3: grow(fabric->mutable_clock_hertz()); break;
    case 4:
      if (fabric->has_uram()) grow(fabric->mutable_uram());
      break;
    default: grow(better.mutable_memory(0)->mutable_bandwidth_bytes_per_second());
  }
  const Estimate before = price(network, p), after = price(network, better);
  RC_ASSERT(after.throughput_per_second * kSlack >= before.throughput_per_second);
  RC_ASSERT(before.fit == Fit::kNo || after.fit != Fit::kNo);
  const auto waits = [](const Estimate& e) {
    return e.binding_roof == "memory DRAM" || std::any_of(e.notes.begin(), e.notes.end(), [](const std::string& note) {
             return note.find("do not fit on the chip") != std::string::npos;
           });
  };
  if (!waits(before) && !waits(after)) RC_ASSERT(after.latency <= before.latency * kSlack);
}

RC_GTEST_PROP(Laws, HalfTheClockIsHalfTheRateUnlessMemoryBinds, ()) {
  const Network network = any_network();
  v1::Platform p = any_fpga();
  p.mutable_memory(0)->mutable_bandwidth_bytes_per_second()->set_value(1e13);
  v1::Platform slow = p;
  slow.mutable_fpga()->mutable_clock_hertz()->set_value(p.fpga().clock_hertz().value() / 2);
  const Estimate before = price(network, p), after = price(network, slow);
  RC_ASSERT(std::abs(after.throughput_per_second * 2 / before.throughput_per_second - 1) < 1e-9);
}

RC_GTEST_PROP(Laws, NarrowerIntegersAreNeverSlowerInAStream, ()) {
  const Network plain =
      *rc::gen::arbitrary<bool>() ? small_network(pick<std::int64_t>({4, 16}), 32) : residual_network();
  const int weight = *rc::gen::inRange(1, 16), activation = *rc::gen::inRange(1, 16);
  const v1::Platform p = any_fpga();
  const Estimate wide = price(quantised(plain, weight + 1, activation + 1), p);
  const Estimate narrow = price(quantised(plain, weight, activation), p);
  RC_ASSERT(wide.fit == Fit::kNo || narrow.fit != Fit::kNo);
  if (wide.fit != Fit::kNo) RC_ASSERT(narrow.throughput_per_second * kSlack >= wide.throughput_per_second);
}

RC_GTEST_PROP(Laws, NarrowerFormatsNeverCostMore, ()) {
  const Network plain = small_network(pick<std::int64_t>({4, 16}), pick<std::int64_t>({8, 32}));
  const int weight = *rc::gen::inRange(2, 16), activation = *rc::gen::inRange(2, 16);
  const v1::Platform p = any_platform();
  const Estimate wide = price(quantised(plain, weight + 1, activation + 1), p);
  const Estimate narrow = price(quantised(plain, weight, activation), p);
  RC_ASSERT(narrow.latency <= wide.latency * kSlack);
  RC_ASSERT(narrow.weight_bytes <= wide.weight_bytes);
  RC_ASSERT(narrow.peak_activation_bytes <= wide.peak_activation_bytes);
}

RC_GTEST_PROP(Laws, NothingIsNegativeOrInfinite, ()) {
  const Network network = any_network();
  const Estimate e = price(network, *rc::gen::arbitrary<bool>() ? any_fpga() : any_decoder(), any_batch());
  const auto sane = [](double value) { return std::isfinite(value) && value >= 0; };
  RC_ASSERT(sane(e.latency.value()) && sane(e.throughput_per_second) && sane(e.weight_bytes.value()));
  RC_ASSERT(!e.energy || sane(e.energy->value()));
  for (const LayerEstimate& layer : e.layers) {
    RC_ASSERT(sane(layer.ops) && sane(layer.weight_bytes.value()) && sane(layer.activation_bytes.value()));
    RC_ASSERT(sane(layer.intensity.value()) && sane(layer.time.value()));
    RC_ASSERT(!layer.energy || sane(layer.energy->value()));
    RC_ASSERT(!layer.binding_roof.empty());
  }
  if (e.resources) RC_ASSERT(sane(e.resources->lut) && sane(e.resources->dsp) && sane(e.resources->bram18));
}

RC_GTEST_PROP(Laws, EqualInputsGiveEqualBytes, ()) {
  const Network network = any_network();
  const v1::Platform p = *rc::gen::arbitrary<bool>() ? any_fpga() : any_decoder();
  const auto bytes = [&] { return to_proto(price(network, p, 2), "platforms/any", 2, true).SerializeAsString(); };
  RC_ASSERT(bytes() == bytes());
  // A Pricer that has priced other networks before answers the same.
  const Result<Pricer> used = Pricer::create(p);
  for (int i = 0; i < 3; ++i) RC_ASSERT(used->price(any_network()).ok());
  RC_ASSERT(to_proto(*used->estimate(network, {.batch = 2}), "platforms/any", 2, true).SerializeAsString() == bytes());
}

RC_GTEST_PROP(Laws, ALargerBatchTakesLongerButNeverLongerAnImage, ()) {
  const Network network = any_network();
  const v1::Platform p = *rc::gen::arbitrary<bool>() ? any_fpga() : any_decoder();
  const std::int64_t batch = any_batch();
  const Estimate one = price(network, p, batch), two = price(network, p, 2 * batch);
  RC_ASSERT(two.latency * kSlack >= one.latency);
  RC_ASSERT(two.latency <= one.latency * (2 * kSlack));
}

}  // namespace
}  // namespace roofscape::cost
