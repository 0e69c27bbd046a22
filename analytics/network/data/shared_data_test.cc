// The real files that the project is judged on, where they are at hand.
#include "tests/support/shared_data.h"

#include <gtest/gtest.h>

#include <fstream>

#include "analytics/base/status_matchers.h"
#include "analytics/network/dataset.h"

namespace roofscape {
namespace {

std::vector<std::byte> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto span = std::as_bytes(std::span(text.data(), text.size()));
  return {span.begin(), span.end()};
}

TEST(SharedData, MnistTestSet) {
  const auto images = shared_data("mnist/t10k-images-idx3-ubyte.gz");
  const auto labels = shared_data("mnist/t10k-labels-idx1-ubyte.gz");
  if (!images || !labels) GTEST_SKIP() << "the MNIST files are not there; set ROOFSCAPE_DATA";
  const auto x = read_file(*images);
  const auto y = read_file(*labels);
  RS_ASSERT_OK_AND_ASSIGN(const Dataset set, load_dataset({.images = x, .labels = y}));
  EXPECT_EQ(set.count, 10'000);
  EXPECT_EQ(set.image_shape, (Shape{1, 28, 28}));
  EXPECT_EQ(set.class_count(), 10);
  EXPECT_EQ(set.labels[0], 7);
}

TEST(SharedData, CifarTestSet) {
  const auto path = shared_data("cifar10/cifar10_test_lossless_9886.bin.gz");
  if (!path) GTEST_SKIP() << "the CIFAR-10 file is not there; set ROOFSCAPE_DATA";
  const auto bytes = read_file(*path);
  RS_ASSERT_OK_AND_ASSIGN(const Dataset set, load_dataset({.images = bytes}));
  EXPECT_EQ(set.count, 9886);
  EXPECT_EQ(set.image_shape, (Shape{3, 32, 32}));
  EXPECT_EQ(set.class_count(), 10);
}

}  // namespace
}  // namespace roofscape
