#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <complex>
#include <numbers>

#include "analytics/approx/test_networks.h"
#include "analytics/approx/weight_matrix.h"
#include "analytics/base/status_matchers.h"
#include "analytics/network/work.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::chain_network;
using ::roofscape::testing::draft_of;
using ::roofscape::testing::random_tensor;
using ::roofscape::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Spectrum = std::vector<std::complex<double>>;

// Radix 2; `sign` −1 forwards, 1 backwards without the division.
Spectrum transform(const Spectrum& x, double sign) {
  const std::size_t n = x.size();
  if (n == 1) return x;
  Spectrum even, odd;
  for (std::size_t i = 0; i < n; i += 2) {
    even.push_back(x[i]);
    odd.push_back(x[i + 1]);
  }
  even = transform(even, sign);
  odd = transform(odd, sign);
  Spectrum result(n);
  for (std::size_t k = 0; k < n / 2; ++k) {
    const auto turned =
        std::polar(1.0, sign * 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(n)) * odd[k];
    result[k] = even[k] + turned;
    result[k + n / 2] = even[k] - turned;
  }
  return result;
}

// W·x for one block-circulant matrix by its spectra alone: of c a block, of x a block of columns, of y a block of rows.
std::vector<double> spectral_product(const linear::Matrix& weights, const std::vector<double>& x, std::size_t b) {
  const std::size_t block_rows = (weights.rows + b - 1) / b;
  const std::size_t block_columns = (weights.columns + b - 1) / b;
  std::vector<Spectrum> read;
  for (std::size_t q = 0; q < block_columns; ++q) {
    Spectrum values(b, 0.0);
    for (std::size_t j = 0; j < b && q * b + j < x.size(); ++j) values[j] = x[q * b + j];
    read.push_back(transform(values, -1));
  }
  std::vector<double> y(weights.rows, 0.0);
  for (std::size_t p = 0; p < block_rows; ++p) {
    Spectrum sums(b, 0.0);
    for (std::size_t q = 0; q < block_columns; ++q) {
      Spectrum code(b, 0.0);
      for (std::size_t i = 0; i < b && p * b + i < weights.rows; ++i)
        for (std::size_t j = 0; j < b && q * b + j < weights.columns; ++j)
          code[(i + b - j) % b] = weights(p * b + i, q * b + j);
      code = transform(code, -1);
      for (std::size_t k = 0; k < b; ++k) sums[k] += code[k] * read[q][k];
    }
    sums = transform(sums, 1);
    for (std::size_t i = 0; i < b && p * b + i < weights.rows; ++i)
      y[p * b + i] = sums[i].real() / static_cast<double>(b);
  }
  return y;
}

Network dense_network(std::int64_t in, std::int64_t out, Rng& rng) {
  NetworkBuilder builder;
  const LayerId x = builder.input({in});
  return builder.finish(builder.add("w", op::Dense{}, {x}, {random_tensor({out, in}, rng), random_tensor({out}, rng)}))
      .value();
}

Layer projected(const Draft& draft, const std::string& layer, int block, const std::string& weighting = "plain",
                bool bias = false) {
  const Recipe recipe = {
      {layer,
       "circulant",
       {{"block", static_cast<double>(block)}, {"weighting", weighting}, {"bias_correction", bias}}}};
  const Network network = apply_recipe(draft, recipe, 1).value().network;
  return network.layer(*network.find(layer));
}

RC_GTEST_PROP(Circulant, ProductBySpectraIsTheDirectOne, (std::uint64_t seed)) {
  Rng rng(seed);
  const auto in = static_cast<std::int64_t>(1 + rng.below(40));
  const auto out = static_cast<std::int64_t>(1 + rng.below(40));
  const int block = 2 << rng.below(5);
  const Draft draft = draft_of(dense_network(in, out, rng));
  const Layer layer = projected(draft, "w", block);
  const linear::Matrix weights = weight_matrices(draft, layer)[0].values;
  std::vector<double> x;
  for (std::int64_t i = 0; i < in; ++i) x.push_back(rng.normal());
  std::vector<double> direct(weights.rows, 0.0);
  double largest = 0;
  for (std::size_t i = 0; i < weights.rows; ++i) {
    for (std::size_t j = 0; j < weights.columns; ++j) direct[i] += weights(i, j) * x[j];
    largest = std::max(largest, std::abs(direct[i]));
  }
  const std::vector<double> spectral = spectral_product(weights, x, static_cast<std::size_t>(block));
  for (std::size_t i = 0; i < direct.size(); ++i) RC_ASSERT(std::abs(direct[i] - spectral[i]) <= 1e-5 * largest);
}

// Each tap by itself; the sum over taps of products by spectra is the convolution at one position.
TEST(Circulant, EachTapOfAConvolutionIsBlockCirculant) {
  const Draft draft = draft_of(chain_network());
  const Layer layer = projected(draft, "conv2", 4);  // [8, 6, 3, 3]
  EXPECT_EQ(layer.storage.encoding, Storage::Encoding::kCirculant);
  Rng rng(3);
  const linear::Matrix all = weight_matrices(draft, layer)[0].values;
  std::vector<double> direct(8, 0.0), spectral(8, 0.0);
  for (std::size_t tap = 0; tap < 9; ++tap) {
    linear::Matrix weights(8, 6);
    std::vector<double> x;
    for (std::size_t c = 0; c < 6; ++c) x.push_back(rng.normal());
    for (std::size_t o = 0; o < 8; ++o)
      for (std::size_t c = 0; c < 6; ++c) {
        weights(o, c) = all(o, c * 9 + tap);
        direct[o] += weights(o, c) * x[c];
      }
    const std::vector<double> part = spectral_product(weights, x, 4);
    for (std::size_t o = 0; o < 8; ++o) spectral[o] += part[o];
  }
  for (std::size_t o = 0; o < 8; ++o) EXPECT_NEAR(spectral[o], direct[o], 1e-5);
}

TEST(Circulant, CodesAreMeansOverTheirDiagonals) {
  NetworkBuilder builder;
  const LayerId x = builder.input({2});
  const Network network =
      builder.finish(builder.add("w", op::Dense{}, {x}, {make_tensor({2, 2}, {1, 2, 4, 7})})).value();
  Draft draft = draft_of(network);
  const Layer plain = projected(draft, "w", 2);
  EXPECT_THAT(std::vector<float>(plain.weight()->values().begin(), plain.weight()->values().end()),
              ElementsAre(4, 3, 3, 4));
  // With Σ x² of 3 and 1 the first column counts three times.
  SecondMoments moments{.columns = 2, .samples = 4};
  moments.sums = {3, 0, 0, 1};
  moments.totals = {1, 1};
  draft.calibration.moments["w"] = std::make_shared<const SecondMoments>(moments);
  const Layer weighted = projected(draft, "w", 2, "hessian");
  EXPECT_THAT(std::vector<float>(weighted.weight()->values().begin(), weighted.weight()->values().end()),
              ElementsAre(2.5, 3.5, 3.5, 2.5));
}

// No other circulant matrix is nearer, in the norm that was asked for.
RC_GTEST_PROP(Circulant, NoCodeIsNearer, (std::uint64_t seed)) {
  Rng rng(seed);
  const Draft draft = draft_of(dense_network(6, 5, rng), seed);
  for (const std::string weighting : {"plain", "hessian"}) {
    const linear::Matrix before = weight_matrices(draft, draft.network.layer(1))[0].values;
    const WeightMatrix after = weight_matrices(draft, projected(draft, "w", 4, weighting))[0];
    const linear::Matrix gram = after.gram();
    const auto error = [&](const linear::Matrix& weights) {
      double sum = 0;
      for (std::size_t i = 0; i < 5; ++i)
        for (std::size_t j = 0; j < 6; ++j)
          sum += (weighting == "plain" ? 1 : gram(j, j)) * std::pow(weights(i, j) - before(i, j), 2);
      return sum;
    };
    linear::Matrix nudged = after.values;
    const double step = 0.01 * rng.normal();
    const std::size_t diagonal = rng.below(4);
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t j = 0; j < 4; ++j)
        if ((i + 4 - j) % 4 == diagonal) nudged(i, j) += step;
    RC_ASSERT(error(after.values) <= error(nudged) * (1 + 1e-6));
  }
}

TEST(Circulant, WorkAndBitsShrink) {
  Rng rng(4);
  const Draft draft = draft_of(dense_network(64, 32, rng));
  RS_ASSERT_OK_AND_ASSIGN(const Draft result, apply_recipe(draft, {{"w", "circulant", {{"block", 16.0}}}}, 1));
  const Work work = layer_work(result.network, 1);
  EXPECT_EQ(work.stored_weight_bits, 32 * (64 * 32 / 16) + 32 * 32);
  // Transforms of 4 + 2 blocks, products of 8.
  EXPECT_EQ(work.macs, 6 * 16 * 4 + 8 * 30);
  EXPECT_THAT(apply_recipe(draft, {{"w", "circulant", {{"block", 3.0}}}}, 1),
              StatusIs(Code::kOutOfRange, HasSubstr("block is 3")));
}

// What changes channels comes first, so that blocks are those of the channels that are left.
TEST(Circulant, GoesTogetherWithPrunedFiltersAndBalancedChannels) {
  const Draft draft = draft_of(chain_network());
  for (const std::string other : {"prune_filters", "equalise"}) {
    const Recipe recipe = {{"conv2", "circulant", {}}, {"conv2", other, {}}, {"conv1", other, {}}};
    RS_ASSERT_OK_AND_ASSIGN(const Draft result, apply_recipe(draft, recipe, 1));
    const Layer& layer = result.network.layer(*result.network.find("conv2"));
    EXPECT_EQ(layer.storage.encoding, Storage::Encoding::kCirculant) << other;
  }
  EXPECT_THAT(apply_recipe(draft, {{"conv2", "circulant", {}}, {"conv2", "prune", {}}}, 1),
              StatusIs(Code::kInvalidArgument, HasSubstr("undoes which weights are zero")));
}

TEST(Circulant, KeepsItsTiesOnOneGridOnly) {
  const Draft draft = draft_of(chain_network());
  const Recipe recipe = {{"fc1", "circulant", {}}, {"fc1", "integer", {{"granularity", std::string("tensor")}}}};
  RS_ASSERT_OK_AND_ASSIGN(const Draft result, apply_recipe(draft, recipe, 1));
  const Layer& layer = result.network.layer(*result.network.find("fc1"));
  EXPECT_EQ(layer.storage.encoding, Storage::Encoding::kCirculant);
  EXPECT_THAT(apply_recipe(draft, {{"fc1", "circulant", {}}, {"fc1", "integer", {}}}, 1),
              StatusIs(Code::kInvalidArgument, HasSubstr("undoes which weights are equal")));
}

}  // namespace
}  // namespace roofscape::approx
