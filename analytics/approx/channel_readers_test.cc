#include "analytics/approx/channel_readers.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analytics/approx/channel_removal.h"
#include "analytics/approx/test_networks.h"
#include "analytics/base/status_matchers.h"
#include "analytics/linear/least_squares.h"

namespace roofscape::approx {
namespace {

using linear::Matrix;
using ::roofscape::testing::draft_of;
using ::roofscape::testing::RandomNetwork;
using ::testing::HasSubstr;

constexpr std::size_t kSamples = 600;  // enough for 128 columns

// Vectors [n, samples] that are correlated and not centred, as activations are.
Matrix random_vectors(std::size_t n, std::uint64_t seed) {
  Rng rng(seed);
  Matrix vectors(n, kSamples);
  for (std::size_t sample = 0; sample < kSamples; ++sample) {
    const double common = rng.normal();
    for (std::size_t i = 0; i < n; ++i) vectors(i, sample) = std::max(0.5 + common + rng.normal(), 0.0);
  }
  return vectors;
}

std::shared_ptr<const SecondMoments> moments_of(const Matrix& vectors) {
  SecondMoments moments{.columns = static_cast<std::int64_t>(vectors.rows), .samples = kSamples};
  moments.sums.assign(vectors.rows * vectors.rows, 0.0);
  moments.totals.assign(vectors.rows, 0.0);
  for (std::size_t s = 0; s < kSamples; ++s)
    for (std::size_t i = 0; i < vectors.rows; ++i) {
      moments.totals[i] += vectors(i, s);
      for (std::size_t j = 0; j < vectors.rows; ++j)
        moments.sums[i * vectors.rows + j] += vectors(i, s) * vectors(j, s);
    }
  return std::make_shared<const SecondMoments>(std::move(moments));
}

std::vector<double> bias_of(const Layer& layer, std::size_t rows) {
  std::vector<double> bias(rows, 0.0);
  if (layer.constants.size() > 1 && layer.constants[1])
    bias.assign(layer.constants[1]->values().begin(), layer.constants[1]->values().end());
  return bias;
}

// Σ‖(W·x + b) − (W'·x + b')‖² over the vectors.
double error(const Matrix& vectors, const Matrix& a, const std::vector<double>& a_bias, const Matrix& b,
             const std::vector<double>& b_bias) {
  double sum = 0;
  for (std::size_t s = 0; s < kSamples; ++s)
    for (std::size_t r = 0; r < a.rows; ++r) {
      double difference = a_bias[r] - b_bias[r];
      for (std::size_t i = 0; i < a.columns; ++i) difference += (a(r, i) - b(r, i)) * vectors(i, s);
      sum += difference * difference;
    }
  return sum;
}

// Regression of the outputs on the vectors that stay and a 1: the least error there is.
double least_error(const Matrix& vectors, const Matrix& weights, const std::vector<std::size_t>& stay) {
  Matrix rest(stay.size() + 1, kSamples);
  for (std::size_t s = 0; s < kSamples; ++s) {
    for (std::size_t i = 0; i < stay.size(); ++i) rest(i, s) = vectors(stay[i], s);
    rest(stay.size(), s) = 1;
  }
  Matrix gram(rest.rows, rest.rows), cross(rest.rows, weights.rows), outputs(weights.rows, kSamples);
  for (std::size_t s = 0; s < kSamples; ++s) {
    for (std::size_t r = 0; r < weights.rows; ++r)
      for (std::size_t i = 0; i < weights.columns; ++i) outputs(r, s) += weights(r, i) * vectors(i, s);
    for (std::size_t i = 0; i < rest.rows; ++i) {
      for (std::size_t j = 0; j < rest.rows; ++j) gram(i, j) += rest(i, s) * rest(j, s);
      for (std::size_t r = 0; r < weights.rows; ++r) cross(i, r) += rest(i, s) * outputs(r, s);
    }
  }
  const Matrix fitted = linear::least_squares(gram, cross).value();
  double sum = 0;
  for (std::size_t s = 0; s < kSamples; ++s)
    for (std::size_t r = 0; r < weights.rows; ++r) {
      double difference = outputs(r, s);
      for (std::size_t i = 0; i < rest.rows; ++i) difference -= fitted(i, r) * rest(i, s);
      sum += difference * difference;
    }
  return sum;
}

// A chain whose `reader` reads the filters of `producer`; channels 1 and 2 leave.
void expect_least_squares(const Network& network, const std::string& producer, const std::string& reader) {
  Draft draft = draft_of(network);
  const LayerId id = *network.find(reader);
  const Matrix before = weight_matrices(draft, network.layer(id))[0].values;
  const Matrix vectors = random_vectors(before.columns, 5);
  draft.calibration.moments[reader] = moments_of(vectors);
  const ChannelGroups groups = find_channel_groups(network, *network.find(producer));
  const std::set<std::int64_t> removed = {groups.layer_groups[1], groups.layer_groups[2]};

  RS_ASSERT_OK_AND_ASSIGN(const Draft refitted, refit_readers(draft, groups, removed));
  const Layer& fitted = refitted.network.layer(id);
  const Matrix after = weight_matrices(refitted, fitted)[0].values;
  Matrix cut = before;
  std::vector<std::size_t> stay;
  const ChannelReader found = channel_readers(network, groups, groups.layer_groups)[0];
  for (std::size_t column = 0; column < before.columns; ++column) {
    const std::size_t channel = column / (before.columns / found.groups.size());
    if (!removed.contains(found.groups[channel])) {
      stay.push_back(column);
      continue;
    }
    for (std::size_t r = 0; r < before.rows; ++r) {
      EXPECT_EQ(after(r, column), 0.0);
      cut(r, column) = 0;
    }
  }
  const std::vector<double> bias = bias_of(network.layer(id), before.rows);
  const double now = error(vectors, before, bias, after, bias_of(fitted, before.rows));
  EXPECT_LT(now, 0.5 * error(vectors, before, bias, cut, bias));
  EXPECT_NEAR(now, least_error(vectors, before, stay), 1e-3 * now) << reader;
  EXPECT_EQ(remove_channels(refitted, groups, removed)->network.layer(id).weight()->size(),
            static_cast<std::int64_t>(before.rows * stay.size()));
}

TEST(ChannelReaders, RefitIsLeastSquaresWithAnIntercept) {
  const Network network = testing::chain_network();
  expect_least_squares(network, "conv1", "conv2");
  expect_least_squares(network, "conv2", "fc1");  // a channel is sixteen columns there
  expect_least_squares(network, "fc1", "fc2");
}

// x₁ = x₃: the weights that read one of them go to the other.
TEST(ChannelReaders, ChannelsThatAreEqualStandForEachOther) {
  RandomNetwork n({2, 4, 4});
  n.add("next", op::Conv{}, {n.conv("conv", n.last(), 2, 4, 3)}, {make_tensor({1, 4, 1, 1}, {5, 2, 7, 3})});
  const Network network = n.finish();
  Draft draft = draft_of(network);
  Matrix vectors = random_vectors(4, 6);
  for (std::size_t s = 0; s < kSamples; ++s) vectors(3, s) = vectors(1, s);
  draft.calibration.moments["next"] = moments_of(vectors);
  const ChannelGroups groups = find_channel_groups(network, *network.find("conv"));
  RS_ASSERT_OK_AND_ASSIGN(const Draft refitted, refit_readers(draft, groups, {groups.layer_groups[1]}));
  const std::span<const float> weights = refitted.network.layer(*network.find("next")).weight()->values();
  const std::vector<float> expected = {5, 0, 7, 5};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(weights[i], expected[i], 1e-4);
}

// Where as many terms stay as there are samples, an undamped fit goes through every one of them.
TEST(ChannelReaders, FewSamplesAreNotFollowedInTheirNoise) {
  RandomNetwork n({8});
  n.dense("next", n.dense("fc", n.last(), 8, 44), 44, 6);
  const Network network = n.finish();
  const Draft draft = draft_of(network);  // of 40 samples
  const LayerId id = *network.find("next");
  const ChannelGroups groups = find_channel_groups(network, *network.find("fc"));
  const std::set<std::int64_t> removed(groups.layer_groups.begin(), groups.layer_groups.begin() + 4);
  RS_ASSERT_OK_AND_ASSIGN(const Draft refitted, refit_readers(draft, groups, removed));
  const Matrix before = weight_matrices(draft, network.layer(id))[0].values;
  const Matrix after = weight_matrices(refitted, refitted.network.layer(id))[0].values;
  double moved = 0;
  double gone = 0;
  for (std::size_t r = 0; r < before.rows; ++r)
    for (std::size_t c = 0; c < before.columns; ++c)
      (after(r, c) == 0 ? gone : moved) += std::pow(after(r, c) - before(r, c), 2);
  EXPECT_LT(moved, 10 * gone);  // undamped: more than a hundred times
}

TEST(ChannelReaders, AreThoseThatWeighTheChannels) {
  const auto readers_of = [](const Network& network, const std::string& layer) {
    const ChannelGroups groups = find_channel_groups(network, *network.find(layer));
    std::vector<std::string> names;
    for (const ChannelReader& reader : channel_readers(network, groups, groups.layer_groups))
      names.push_back(network.layer(reader.layer).name);
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(readers_of(testing::residual_network(), "conv3"), (Names{"conv2", "conv4", "fc"}));
  EXPECT_EQ(readers_of(testing::branching_network(), "right"), (Names{"mix"}));
  EXPECT_EQ(readers_of(testing::decoding_network(), "up1"), (Names{"down"}));
  EXPECT_EQ(readers_of(testing::recurrent_network(), "embed"), (Names{"lstm"}));
}

TEST(ChannelReaders, SayWhichMomentsAreMissing) {
  const Network network = testing::chain_network();
  Draft draft = draft_of(network);
  draft.calibration.moments.erase("fc1");
  EXPECT_THAT(apply_recipe(draft, {{"conv2", "prune_filters", {{"reconstruct", true}}}}, 1).status().message(),
              HasSubstr("there are no second moments of what 'fc1' reads"));
}

// A grid cannot follow.
TEST(ChannelReaders, WeightsWithANumberFormatStay) {
  RS_ASSERT_OK_AND_ASSIGN(const Draft draft,
                          apply_recipe(draft_of(testing::chain_network()), {{"conv2", "integer", {}}}, 1));
  const Method* method = find_method("prune_filters").value();
  const LayerId conv1 = *draft.network.find("conv1");
  for (const char* criterion : {"magnitude", "second-order"}) {
    Knobs knobs = complete_knobs(method->info(), {{"criterion", std::string(criterion)}}).value();
    RS_ASSERT_OK_AND_ASSIGN(const Draft plain, method->apply(draft, conv1, knobs, 1));
    knobs["reconstruct"] = true;
    RS_ASSERT_OK_AND_ASSIGN(const Draft refitted, method->apply(draft, conv1, knobs, 1));
    EXPECT_EQ(refitted.network.design_key(), plain.network.design_key()) << criterion;
  }
}

}  // namespace
}  // namespace roofscape::approx
