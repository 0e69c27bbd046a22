#include "analytics/approx/weight_matrix.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "analytics/approx/test_networks.h"

namespace roofscape::approx {
namespace {

Draft draft_of(const Network& network) { return testing::draft_of(network); }

TEST(WeightMatrix, ThereAndBackIsTheSameTensor) {
  for (const auto& [name, network] : testing::test_networks()) {
    const Draft draft = draft_of(network);
    for (const Layer& layer : network.layers()) {
      if (!layer.has_weight()) continue;
      std::vector<std::vector<float>> back;
      for (std::size_t i = 0; i < weight_count(layer); ++i) back.emplace_back(layer.constants[i]->values().size());
      for (const WeightMatrix& matrix : weight_matrices(draft, layer)) matrix.write_to(back[matrix.constant]);
      for (std::size_t i = 0; i < back.size(); ++i)
        EXPECT_TRUE(std::equal(back[i].begin(), back[i].end(), layer.constants[i]->values().begin()))
            << name << " " << layer.name;
    }
  }
}

// Shape of the first matrix, and how many there are.
struct Sizes {
  std::size_t count, rows, columns;
  bool operator==(const Sizes&) const = default;
};
Sizes sizes(const Network& network, const std::string& name) {
  const auto matrices = weight_matrices(draft_of(network), network.layer(*network.find(name)));
  return {matrices.size(), matrices[0].values.rows, matrices[0].values.columns};
}

TEST(WeightMatrix, ColumnsAreThoseOfTheSecondMoments) {
  EXPECT_EQ(sizes(testing::chain_network(), "conv2"), (Sizes{1, 8, 54}));
  EXPECT_EQ(sizes(testing::chain_network(), "fc1"), (Sizes{1, 12, 128}));
  EXPECT_EQ(sizes(testing::branching_network(), "depthwise"), (Sizes{12, 2, 9}));
  EXPECT_EQ(sizes(testing::decoding_network(), "up1"), (Sizes{1, 24, 4}));
  EXPECT_EQ(sizes(testing::decoding_network(), "up2"), (Sizes{6, 4, 1}));
  EXPECT_EQ(sizes(testing::recurrent_network(), "lstm"), (Sizes{2, 16, 8}));
  for (const auto& [name, network] : testing::test_networks()) {
    const Draft draft = draft_of(network);
    for (const Layer& layer : network.layers()) {
      if (!layer.has_weight()) continue;
      for (const WeightMatrix& matrix : weight_matrices(draft, layer))
        EXPECT_EQ(matrix.gram().columns, matrix.values.columns) << name << " " << layer.name;
    }
  }
}

TEST(WeightMatrix, TransposedConvolutionsAreReadAcross) {
  const Network network = testing::decoding_network();
  const Layer& up = network.layer(*network.find("up1"));  // [4, 6, 2, 2]
  const WeightMatrix matrix = weight_matrices(draft_of(network), up)[0];
  for (std::size_t c = 0; c < 4; ++c)
    for (std::size_t tap = 0; tap < 24; ++tap) EXPECT_EQ(matrix.values(tap, c), up.weight()->values()[c * 24 + tap]);
  EXPECT_EQ(matrix.channel(5), 1U);
}

}  // namespace
}  // namespace roofscape::approx
