// For tests of the server: a small network, a small data set for it, and an exploration of the two.
#pragma once

#include <cstdint>
#include <string>

#include "roofscape/v1/exploration.pb.h"

namespace roofscape::server::testing {

// A network of [1, 8, 8] images and 4 classes: two convolutions, a pool, two dense layers.
std::string tiny_onnx(std::uint64_t seed = 1);
// IDX files of `count` such images, and of their labels.
std::string dots_images(int count);
std::string dots_labels(int count);

// Model "tiny" on data set "dots" for two platforms, searched at random: quick, and never at an end by itself before
// `evaluations`.
v1::ExplorationSpec tiny_spec(std::int64_t evaluations);
// A new folder under /tmp: short, because a socket's path has at most 107 bytes.
std::string new_folder();

}  // namespace roofscape::server::testing
