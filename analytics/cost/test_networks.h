// Networks and platforms for the cost model's tests.
#pragma once

#include <rapidcheck.h>

#include <string>
#include <utility>
#include <vector>

#include "analytics/base/status_matchers.h"
#include "analytics/network/network.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::cost::testing {

inline TensorPtr filled(const Shape& shape, float value = 1) {
  return make_tensor(shape, std::vector<float>(static_cast<std::size_t>(element_count(shape)), value));
}

inline QuantiserPtr grid(int bits, Signedness signedness) {
  return std::make_shared<Quantiser>(Quantiser{NumberFormat::integer(bits, signedness), {1.0F}, {0}});
}

// Quantises every layer that has weights; 0 bits: leaves it in fp32.
inline Network quantised(const Network& network, int weight_bits, int activation_bits) {
  std::vector<Layer> layers(network.layers().begin(), network.layers().end());
  for (Layer& layer : layers) {
    if (!layer.has_weight()) continue;
    if (weight_bits > 0) layer.arithmetic.weight = grid(weight_bits, Signedness::kSigned);
    if (activation_bits > 0) layer.arithmetic.inputs = {grid(activation_bits, Signedness::kUnsigned)};
  }
  return *Network::create(std::move(layers), network.output());
}

// Keeps one weight in `period` of every layer that has weights, and stores them without the zeros.
inline Network pruned(const Network& network, std::size_t period) {
  std::vector<Layer> layers(network.layers().begin(), network.layers().end());
  for (Layer& layer : layers) {
    if (!layer.has_weight()) continue;
    std::vector<float> values(layer.weight()->values().begin(), layer.weight()->values().end());
    for (std::size_t i = 0; i < values.size(); ++i)
      if (i % period != 0) values[i] = 0;
    layer.constants[0] = make_tensor(layer.weight()->shape(), std::move(values));
    layer.storage.encoding = Storage::Encoding::kBitmap;
  }
  return *Network::create(std::move(layers), network.output());
}

// conv-relu-pool-conv-relu-flatten-dense, sized by the caller.
inline Network small_network(std::int64_t channels = 8, std::int64_t size = 16, std::int64_t classes = 10) {
  NetworkBuilder b;
  LayerId x = b.input({3, size, size});
  x = b.add("conv1", op::Conv{.pad = {1, 1, 1, 1}}, {x}, {filled({channels, 3, 3, 3}), filled({channels})});
  x = b.add("relu1", op::Activation{}, {x});
  x = b.add("pool", op::Pool{op::Pool::Kind::kMax, {2, 2}, {2, 2}}, {x});
  x = b.add("conv2", op::Conv{.pad = {1, 1, 1, 1}}, {x},
            {filled({2 * channels, channels, 3, 3}), filled({2 * channels})});
  x = b.add("relu2", op::Activation{}, {x});
  const std::int64_t flat = 2 * channels * (size / 2) * (size / 2);
  x = b.add("flat", op::Reshape{{flat}}, {x});
  return *b.finish(b.add("fc", op::Dense{}, {x}, {filled({classes, flat}), filled({classes})}));
}

// Two branches that join: conv, and the input of it.
inline Network residual_network() {
  NetworkBuilder b;
  LayerId x = b.input({8, 16, 16});
  const LayerId a = b.add("c1", op::Conv{.pad = {1, 1, 1, 1}}, {x}, {filled({8, 8, 3, 3}), nullptr});
  const LayerId c = b.add("c2", op::Conv{.pad = {1, 1, 1, 1}}, {a}, {filled({8, 8, 3, 3}), nullptr});
  return *b.finish(b.add("sum", op::Binary{}, {c, a}));
}

inline void set(v1::Figure* figure, double value) {
  figure->set_value(value);
  figure->set_source("test");
  figure->set_provenance(v1::MEASURED);
}

inline void add_peak(v1::Platform* p, const std::string& format, double rate, double energy = 0) {
  auto* ceiling = p->add_compute();
  ceiling->set_weight(format);
  set(ceiling->mutable_ops_per_second(), rate);
  if (energy > 0) set(ceiling->mutable_energy_joules_per_op(), energy);
}

inline void add_memory(v1::Platform* p, const std::string& name, double capacity, double bandwidth, double energy = 0) {
  auto* level = p->add_memory();
  level->set_name(name);
  if (capacity > 0) set(level->mutable_capacity_bytes(), capacity);
  if (bandwidth > 0) set(level->mutable_bandwidth_bytes_per_second(), bandwidth);
  if (energy > 0) set(level->mutable_energy_joules_per_byte(), energy);
}

// A CPU that computes fp32 at 10 GOPS and int8 at 40, with 10 GB/s and 5 W.
inline v1::Platform cpu() {
  v1::Platform p;
  p.set_id("cpu");
  p.set_title("CPU");
  p.set_device_class(v1::CPU);
  add_peak(&p, "fp32", 1e10);
  add_peak(&p, "int8", 4e10);
  add_memory(&p, "DRAM", 0, 1e10);
  set(p.mutable_peak_watts(), 5);
  return p;
}

inline v1::Platform fpga(double lut = 230400, double dsp = 1728, double bram = 624) {
  v1::Platform p;
  p.set_id("fpga");
  p.set_title("FPGA");
  p.set_device_class(v1::FPGA);
  add_memory(&p, "DRAM", 0, 1.92e10);
  set(p.mutable_fpga()->mutable_lut(), lut);
  set(p.mutable_fpga()->mutable_dsp(), dsp);
  set(p.mutable_fpga()->mutable_bram18(), bram);
  set(p.mutable_fpga()->mutable_clock_hertz(), 2e8);
  set(p.mutable_fpga()->mutable_usable_lut_fraction(), 0.7);
  set(p.mutable_fpga()->mutable_usable_dsp_fraction(), 0.8);
  set(p.mutable_fpga()->mutable_usable_bram_fraction(), 0.8);
  set(p.mutable_peak_watts(), 20);
  return p;
}

}  // namespace roofscape::cost::testing
