#include "server/test_data.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <initializer_list>
#include <vector>

#include "analytics/base/rng.h"
#include "tests/support/onnx_builder.h"

namespace roofscape::server::testing {
namespace {

std::vector<float> weights(Rng& rng, std::size_t count, float scale) {
  std::vector<float> values(count);
  for (float& value : values) value = scale * static_cast<float>(rng.normal());
  return values;
}

std::string idx_header(std::uint8_t rank, std::initializer_list<int> dims) {
  std::string header{'\0', '\0', '\x08', static_cast<char>(rank)};
  for (const int dim : dims)
    for (const int shift : {24, 16, 8, 0}) header += static_cast<char>((dim >> shift) & 255);
  return header;
}

}  // namespace

std::string tiny_onnx(std::uint64_t seed) {
  Rng rng(seed);
  roofscape::testing::OnnxBuilder b(13);
  b.input("x", {-1, 1, 8, 8});
  b.weight("w1", {4, 1, 3, 3}, weights(rng, 36, 0.4F));
  b.weight("b1", {4}, weights(rng, 4, 0.1F));
  b.node("Conv", {"x", "w1", "b1"}, {"c1"}).name("conv1").ints("pads", {1, 1, 1, 1});
  b.node("Relu", {"c1"}, {"r1"}).name("relu1");
  b.node("MaxPool", {"r1"}, {"p1"}).name("pool1").ints("kernel_shape", {2, 2}).ints("strides", {2, 2});
  b.weight("w2", {6, 4, 3, 3}, weights(rng, 216, 0.2F));
  b.weight("b2", {6}, weights(rng, 6, 0.1F));
  b.node("Conv", {"p1", "w2", "b2"}, {"c2"}).name("conv2").ints("pads", {1, 1, 1, 1});
  b.node("Relu", {"c2"}, {"r2"}).name("relu2");
  b.node("Flatten", {"r2"}, {"f"}).name("flatten").integer("axis", 1);
  b.weight("w3", {96, 16}, weights(rng, 96 * 16, 0.15F));
  b.weight("b3", {16}, weights(rng, 16, 0.1F));
  b.node("Gemm", {"f", "w3", "b3"}, {"d1"}).name("fc1");
  b.node("Relu", {"d1"}, {"r3"}).name("relu3");
  b.weight("w4", {16, 4}, weights(rng, 64, 0.3F));
  b.weight("b4", {4}, weights(rng, 4, 0.1F));
  b.node("Gemm", {"r3", "w4", "b4"}, {"y"}).name("fc2");
  b.output("y");
  return b.bytes();
}

std::string dots_images(int count) {
  Rng rng(7);
  std::string file = idx_header(3, {count, 8, 8});
  for (int i = 0; i < count * 64; ++i) file += static_cast<char>(rng.below(256));
  return file;
}

std::string dots_labels(int count) {
  Rng rng(8);
  std::string file = idx_header(1, {count});
  for (int i = 0; i < count; ++i) file += static_cast<char>(rng.below(4));
  return file;
}

v1::ExplorationSpec tiny_spec(std::int64_t count) {
  v1::ExplorationSpec spec;
  spec.set_model("tiny");
  spec.set_dataset("dots");
  spec.add_platforms("raspberry-pi-4");
  spec.add_platforms("zcu104");
  v1::Rule& rule = *spec.add_space();
  rule.set_layers("*");
  auto& knobs = *(*rule.mutable_methods())["integer"].mutable_knobs();
  for (const int bits : {2, 3, 4, 5, 6, 8}) knobs["weight_bits"].add_values()->set_number_value(bits);
  for (const int bits : {4, 6, 8}) knobs["activation_bits"].add_values()->set_number_value(bits);
  spec.add_objectives("maximise top1");
  spec.add_objectives("minimise latency");
  spec.add_objectives("minimise weight_bytes");
  spec.mutable_search()->set_searcher("random");
  spec.mutable_search()->set_evaluations(count);
  spec.mutable_search()->set_seed(3);
  return spec;
}

std::string new_folder() {
  std::string pattern = "/tmp/roofscapedXXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "no folder for the test";
  return pattern;
}

}  // namespace roofscape::server::testing
