// One small network for every operation (and for its variants that ONNX says differently), with fixed random weights.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "analytics/network/network.h"

namespace roofscape::testing {

struct Sample {
  std::string name;
  Network network;
};
// So that tests are listed by name.
inline void PrintTo(const Sample& sample, std::ostream* out) { *out << sample.name; }

// In fp32: what export writes, import reads back.
std::vector<Sample> float_samples();
// With quantised weights and inputs, of 8 bits, fewer and more.
std::vector<Sample> quantised_samples();
// Networks in formats that QONNX names, made of layers as the importer makes them.
std::vector<Sample> qonnx_samples();

// `count` images of uniform numbers in [-2, 2), the same on every run.
std::vector<float> sample_images(const Network& network, std::int64_t count);

}  // namespace roofscape::testing
