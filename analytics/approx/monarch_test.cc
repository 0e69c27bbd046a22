#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "analytics/approx/naive_layers.h"
#include "analytics/approx/test_networks.h"
#include "analytics/base/status_matchers.h"
#include "analytics/network/work.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::draft_of;
using ::roofscape::testing::naive_chain;
using ::roofscape::testing::naive_moments;
using ::roofscape::testing::random_tensor;
using ::roofscape::testing::squared_difference;
using ::roofscape::testing::squared_norm;
using ::roofscape::testing::StatusIs;
using ::roofscape::testing::Values;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Network one_layer(Shape input, Operation operation, std::vector<TensorPtr> constants) {
  NetworkBuilder builder;
  const LayerId x = builder.input(std::move(input));
  return builder.finish(builder.add("w", std::move(operation), {x}, std::move(constants))).value();
}

std::vector<Values> vectors(const Shape& shape, int count, Rng& rng) {
  std::vector<Values> all(static_cast<std::size_t>(count));
  for (Values& values : all) {
    const double common = rng.normal();
    for (std::int64_t i = 0; i < element_count(shape); ++i) values.push_back(common + rng.normal());
  }
  return all;
}

// Each block of the grid is a product of a column and a row.
TensorPtr grid_of_rank_one(std::int64_t rows, std::int64_t columns, std::int64_t blocks, Shape shape, Rng& rng) {
  const std::int64_t height = (rows + blocks - 1) / blocks;
  const std::int64_t width = (columns + blocks - 1) / blocks;
  const TensorPtr left = random_tensor({rows, blocks}, rng);
  const TensorPtr right = random_tensor({blocks, columns}, rng);
  std::vector<float> values;
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      values.push_back(left->values()[static_cast<std::size_t>(i * blocks + j / width)] *
                       right->values()[static_cast<std::size_t>(i / height * columns + j)]);
  return make_tensor(std::move(shape), std::move(values));
}

Draft calibrated(const Network& network, const std::vector<Values>& inputs) {
  Draft draft = draft_of(network);
  draft.calibration.moments["w"] = std::make_shared<const SecondMoments>(naive_moments(network, "w", inputs));
  return draft;
}

double relative_error(const Network& before, const Network& after, const std::vector<Values>& inputs) {
  double wrong = 0, all = 0;
  for (const Values& input : inputs) {
    const Values wanted = naive_chain(before, input)[before.layer(before.output()).name];
    wrong += squared_difference(wanted, naive_chain(after, input)[after.layer(after.output()).name]);
    all += squared_norm(wanted);
  }
  return wrong / all;
}

// Vectors, rows of vectors, planes; sizes that the blocks divide and others.
TEST(Monarch, WeightsOfThatFormLoseNothing) {
  Rng rng(1);
  op::Conv strided;
  strided.stride = {2, 1};
  const std::vector<Network> networks = {
      one_layer({12}, op::Dense{}, {grid_of_rank_one(8, 12, 4, {8, 12}, rng), random_tensor({8}, rng)}),
      one_layer({3, 11}, op::Dense{}, {grid_of_rank_one(7, 11, 4, {7, 11}, rng), random_tensor({7}, rng)}),
      one_layer({2, 3, 12}, op::Dense{}, {grid_of_rank_one(5, 12, 4, {5, 12}, rng)}),
      one_layer({10, 5, 4}, strided, {grid_of_rank_one(9, 10, 4, {9, 10, 1, 1}, rng), random_tensor({9}, rng)}),
  };
  for (const Network& network : networks) {
    const std::vector<Values> inputs = vectors(network.input_shape(), 20, rng);
    for (const bool whitened : {false, true}) {
      RS_ASSERT_OK_AND_ASSIGN(const Draft result, apply_recipe(calibrated(network, inputs),
                                                               {{"w", "monarch", {{"whitened", whitened}}}}, 1));
      EXPECT_EQ(result.network.output_shape(), network.output_shape());
      EXPECT_LT(relative_error(network, result.network, inputs), 1e-8)
          << roofscape::to_string(network.input_shape()) << whitened;
      EXPECT_THAT(result.parts.at("w"), ElementsAre("w/blocks", "w"));
    }
  }
}

TEST(Monarch, WhiteningLosesLessAndMoreBlocksLessAgain) {
  Rng rng(2);
  const Network network = one_layer({32}, op::Dense{}, {random_tensor({24, 32}, rng)});
  const std::vector<Values> inputs = vectors({32}, 200, rng);
  const Draft draft = calibrated(network, inputs);
  double last = 1;
  for (const double blocks : {2.0, 4.0, 8.0}) {
    const auto error = [&](bool whitened) {
      const Draft result =
          apply_recipe(draft, {{"w", "monarch", {{"blocks", blocks}, {"whitened", whitened}}}}, 1).value();
      EXPECT_EQ(network_work(result.network).macs, static_cast<std::int64_t>(blocks) * (24 + 32));
      return relative_error(network, result.network, inputs);
    };
    const double whitened = error(true);
    EXPECT_LT(whitened, error(false));
    EXPECT_LT(whitened, last);
    last = whitened;
  }
}

TEST(Monarch, MomentsOfTheFactorsAreTheMeasuredOnes) {
  Rng rng(3);
  const Network network = one_layer({2, 11}, op::Dense{}, {random_tensor({7, 11}, rng)});
  const std::vector<Values> inputs = vectors({2, 11}, 20, rng);
  RS_ASSERT_OK_AND_ASSIGN(const Draft result, apply_recipe(calibrated(network, inputs), {{"w", "monarch", {}}}, 1));
  for (const std::string part : {"w/blocks", "w"}) {
    const SecondMoments measured = naive_moments(result.network, part, inputs);
    const SecondMoments* kept = result.calibration.moments_of(part);
    ASSERT_NE(kept, nullptr);
    ASSERT_EQ(kept->sums.size(), measured.sums.size());
    EXPECT_LT(squared_difference(kept->sums, measured.sums), 1e-10 * squared_norm(measured.sums)) << part;
    EXPECT_LT(squared_difference(kept->totals, measured.totals), 1e-10 * squared_norm(measured.totals)) << part;
  }
  const ValueStatistics& read = *result.calibration.find("w/permuted");
  const SecondMoments moments = naive_moments(result.network, "w", inputs);
  for (std::size_t i = 0; i < read.channel_mean.size(); ++i)
    EXPECT_NEAR(read.channel_mean[i], moments.totals[i] / static_cast<double>(moments.samples), 1e-6);
}

TEST(Monarch, SaysWhatItCannotCut) {
  Rng rng(4);
  const Network network = one_layer({32}, op::Dense{}, {random_tensor({3, 32}, rng)});
  EXPECT_THAT(apply_recipe(draft_of(network), {{"w", "monarch", {}}}, 1),
              StatusIs(Code::kFailedPrecondition, HasSubstr("its weight [3, 32] cannot be cut into 4 blocks a side")));
}

}  // namespace
}  // namespace roofscape::approx
