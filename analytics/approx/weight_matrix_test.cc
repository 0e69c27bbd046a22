#include "analytics/approx/weight_matrix.h"

#include <gtest/gtest.h>

#include "analytics/approx/test_networks.h"

namespace roofscape::approx {
namespace {

std::vector<float> values_of(const Tensor& tensor) { return {tensor.values().begin(), tensor.values().end()}; }

TEST(WeightMatrix, ThereAndBackIsTheSameTensor) {
  for (const auto& [name, network] : testing::test_networks()) {
    for (const Layer& layer : network.layers()) {
      if (!layer.has_weight()) continue;
      const TensorPtr back = weight_tensor(layer, weight_matrices(layer));
      EXPECT_EQ(back->shape(), layer.weight()->shape()) << name << " " << layer.name;
      EXPECT_EQ(values_of(*back), values_of(*layer.weight())) << name << " " << layer.name;
      if (!layer.as<op::Recurrent>()) continue;
      const TensorPtr states = weight_tensor(layer, weight_matrices(layer, WeightRole::kState), WeightRole::kState);
      EXPECT_EQ(values_of(*states), values_of(*layer.constants[1]));
    }
  }
}

// Shape of the one matrix, or how many there are and of which shape.
struct Sizes {
  std::size_t groups, rows, columns;
  bool operator==(const Sizes&) const = default;
};
Sizes sizes(const std::vector<linear::Matrix>& matrices) {
  return {matrices.size(), matrices[0].rows, matrices[0].columns};
}
Layer layer_of(const Network& network, const std::string& name) { return network.layer(*network.find(name)); }

TEST(WeightMatrix, ColumnsAreThoseOfTheSecondMoments) {
  EXPECT_EQ(sizes(weight_matrices(layer_of(testing::chain_network(), "conv2"))), (Sizes{1, 8, 54}));
  EXPECT_EQ(sizes(weight_matrices(layer_of(testing::chain_network(), "fc1"))), (Sizes{1, 12, 128}));
  EXPECT_EQ(sizes(weight_matrices(layer_of(testing::branching_network(), "depthwise"))), (Sizes{12, 2, 9}));
  EXPECT_EQ(sizes(weight_matrices(layer_of(testing::decoding_network(), "up1"))), (Sizes{1, 24, 4}));
  EXPECT_EQ(sizes(weight_matrices(layer_of(testing::decoding_network(), "up2"))), (Sizes{6, 4, 1}));
  const Layer lstm = layer_of(testing::recurrent_network(), "lstm");
  EXPECT_EQ(sizes(weight_matrices(lstm)), (Sizes{1, 16, 8}));
  EXPECT_EQ(sizes(weight_matrices(lstm, WeightRole::kState)), (Sizes{1, 16, 4}));
}

TEST(WeightMatrix, TransposedConvolutionsAreReadAcross) {
  const Layer up = layer_of(testing::decoding_network(), "up1");  // [4, 6, 2, 2]
  const linear::Matrix matrix = weight_matrices(up)[0];
  for (std::size_t c = 0; c < 4; ++c)
    for (std::size_t tap = 0; tap < 24; ++tap) EXPECT_EQ(matrix(tap, c), up.weight()->values()[c * 24 + tap]);
}

TEST(WeightMatrix, MomentsOfOneGroup) {
  const SecondMoments moments{.groups = 2, .columns = 1, .samples = 1, .sums = {3, 5}, .totals = {1, 1}};
  EXPECT_EQ(moments_matrix(moments, 1).values, (std::vector<double>{5}));
}

}  // namespace
}  // namespace roofscape::approx
