#include "analytics/linear/low_rank.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "analytics/approx/layer_split.h"
#include "analytics/approx/naive_layers.h"
#include "analytics/approx/test_networks.h"
#include "analytics/approx/weight_matrix.h"
#include "analytics/base/status_matchers.h"
#include "analytics/linear/product.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::chain_network;
using ::roofscape::testing::draft_of;
using ::roofscape::testing::naive_chain;
using ::roofscape::testing::naive_moments;
using ::roofscape::testing::random_tensor;
using ::roofscape::testing::recurrent_network;
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

// Images whose elements are correlated with their neighbours and not centred.
std::vector<Values> images(const Shape& shape, int count, Rng& rng) {
  std::vector<Values> all;
  for (int i = 0; i < count; ++i) {
    Values& image = all.emplace_back();
    double last = 0;
    for (std::int64_t e = 0; e < element_count(shape); ++e) {
      last = 0.7 * last + rng.normal() + 0.2;
      image.push_back(last);
    }
  }
  return all;
}

Draft calibrated(const Network& network, const std::vector<Values>& inputs) {
  Draft draft = draft_of(network);
  draft.calibration.moments["w"] = std::make_shared<const SecondMoments>(naive_moments(network, "w", inputs));
  return draft;
}

Knobs knobs_of(const std::string& form, double rank, bool whitened = true, bool bias = true) {
  return complete_knobs(find_method("low_rank").value()->info(),
                        {{"form", form}, {"rank", rank}, {"whitened", whitened}, {"bias_correction", bias}})
      .value();
}
Draft factored(const Draft& draft, const Knobs& knobs) {
  return find_method("low_rank").value()->apply(draft, *draft.network.find("w"), knobs, 1).value();
}

// Of the outputs, over all inputs.
double error(const Network& before, const Network& after, const std::vector<Values>& inputs) {
  double sum = 0;
  for (const Values& input : inputs)
    sum += squared_difference(naive_chain(before, input)[before.layer(before.output()).name],
                              naive_chain(after, input)[after.layer(after.output()).name]);
  return sum;
}
double output_norm(const Network& network, const std::vector<Values>& inputs) {
  double sum = 0;
  for (const Values& input : inputs) sum += squared_norm(naive_chain(network, input)["w"]);
  return sum;
}

op::Conv odd_conv() {
  op::Conv conv;
  conv.stride = {2, 1};
  conv.dilation = {1, 2};
  conv.pad = {1, 2, 0, 1};
  return conv;
}

// Without a bias that takes back means, the moments are what counts; with it, they count about their mean.
RC_GTEST_PROP(LowRankMethod, PredictedLossIsTheMeasuredOne, (std::uint64_t seed)) {
  Rng rng(seed);
  const Network network = one_layer({3, 7}, op::Dense{}, {random_tensor({9, 7}, rng), random_tensor({9}, rng)});
  const std::vector<Values> inputs = images({3, 7}, 12, rng);
  const Draft draft = calibrated(network, inputs);
  const WeightMatrix matrix = weight_matrices(draft, network.layer(1))[0];
  for (const bool bias : {false, true}) {
    const linear::Matrix gram = bias ? centred_gram(*matrix.moments) : matrix.gram();
    const linear::Spectrum spectrum = linear::whitened_spectrum(matrix.values, gram).value();
    for (std::size_t rank = 1; rank < 7; ++rank) {
      const auto measured = [&](bool whitened, bool corrected) {
        const Knobs knobs = knobs_of("svd", static_cast<double>(rank) / 7, whitened, corrected);
        return error(network, factored(draft, knobs).network, inputs);
      };
      const double whitened = measured(true, bias);
      RC_ASSERT(std::abs(whitened - spectrum.loss(rank)) <= 1e-4 * spectrum.loss(rank) + 1e-9 * spectrum.loss(0));
      RC_ASSERT(whitened <= 1.0001 * measured(false, bias));
      RC_ASSERT(!bias || whitened <= 1.0001 * measured(true, false));
    }
  }
}

// The product of three random tensors along the channels has those ranks; with strides, pads and dilation that differ
// from side to side, every form that has these ranks gives the same outputs.
TEST(LowRankMethod, WeightsOfLowRankLoseNothing) {
  Rng rng(5);
  constexpr std::int64_t kOutputs = 6, kInputs = 4;
  const std::vector<Values> inputs = images({kInputs, 7, 8}, 6, rng);
  const auto conv_of = [&](auto element) {
    std::vector<float> values;
    for (std::int64_t o = 0; o < kOutputs; ++o)
      for (std::int64_t c = 0; c < kInputs; ++c)
        for (std::int64_t i = 0; i < 3; ++i)
          for (std::int64_t j = 0; j < 2; ++j) {
            double sum = 0;
            for (std::int64_t k = 0; k < 2; ++k) sum += element(o, c, i, j, k);
            values.push_back(static_cast<float>(sum));
          }
    return one_layer({kInputs, 7, 8}, odd_conv(),
                     {make_tensor({kOutputs, kInputs, 3, 2}, values), random_tensor({kOutputs}, rng)});
  };
  const TensorPtr a = random_tensor({2, 64}, rng);
  const TensorPtr b = random_tensor({2, 64}, rng);
  const TensorPtr core = random_tensor({2, 2, 6}, rng);
  const auto at = [](const TensorPtr& t, std::int64_t k, std::int64_t i) {
    return static_cast<double>(t->values()[static_cast<std::size_t>(64 * k + i)]);
  };
  const std::vector<std::pair<std::string, Network>> cases = {
      {"svd",
       conv_of([&](auto o, auto c, auto i, auto j, auto k) { return at(a, k, o) * at(b, k, c * 6 + i * 2 + j); })},
      {"spatial",
       conv_of([&](auto o, auto c, auto i, auto j, auto k) { return at(a, k, o * 2 + j) * at(b, k, c * 3 + i); })},
      {"tucker", conv_of([&](auto o, auto c, auto i, auto j, auto k) {
         double sum = 0;
         for (std::int64_t l = 0; l < 2; ++l)
           sum +=
               at(a, l, o) * static_cast<double>(core->values()[static_cast<std::size_t>(l * 12 + k * 6 + i * 2 + j)]);
         return sum * at(b, k, c);
       })},
  };
  for (const auto& [form, network] : cases) {
    for (const bool whitened : {false, true}) {
      const Draft draft = calibrated(network, inputs);
      // Of full ranks 6, 12 and (4, 6): two of each, or a bit more.
      const double share = form == "spatial" ? 2.0 / 12 : form == "svd" ? 2.0 / 6 : 0.5;
      const Draft result = factored(draft, knobs_of(form, share, whitened));
      EXPECT_EQ(result.network.output_shape(), network.output_shape());
      EXPECT_LT(error(network, result.network, inputs), 1e-7 * output_norm(network, inputs)) << form << whitened;
    }
  }
}

TEST(LowRankMethod, ConvTransposeMixesChannelsFirst) {
  Rng rng(6);
  op::ConvTranspose up;
  up.stride = {2, 1};
  up.pad = {1, 0, 0, 1};
  const Network network = one_layer({6, 4, 5}, up, {random_tensor({6, 5, 3, 2}, rng), random_tensor({5}, rng)});
  const std::vector<Values> inputs = images({6, 4, 5}, 6, rng);
  const Draft draft = calibrated(network, inputs);
  double last = output_norm(network, inputs);
  for (const int rank : {1, 3, 5}) {
    const Draft result = factored(draft, knobs_of("svd", rank / 6.0));
    EXPECT_EQ(result.network.layer(1).weight()->shape(), (Shape{rank, 6, 1, 1}));
    EXPECT_EQ(result.network.output_shape(), network.output_shape());
    const double now = error(network, result.network, inputs);
    EXPECT_LT(now, 0.8 * last);
    last = now;
  }
}

TEST(LowRankMethod, WhitenedFormsLoseLessOnWhatTheyAreCalibratedFor) {
  for (const std::string form : {"spatial", "tucker"}) {
    double whitened = 0, plain = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      Rng rng(seed);
      const Network network = one_layer({5, 8, 8}, odd_conv(), {random_tensor({8, 5, 3, 3}, rng)});
      const std::vector<Values> inputs = images({5, 8, 8}, 8, rng);
      const Draft draft = calibrated(network, inputs);
      for (const double share : {0.3, 0.6}) {
        whitened += error(network, factored(draft, knobs_of(form, share)).network, inputs);
        plain += error(network, factored(draft, knobs_of(form, share, false)).network, inputs);
      }
    }
    EXPECT_LT(whitened, 0.95 * plain) << form;
  }
}

// What later steps know of the factors is what they would have measured.
TEST(LowRankMethod, MomentsOfLaterFactorsAreTheMeasuredOnes) {
  Rng rng(7);
  const Network network = one_layer({4, 7, 8}, odd_conv(), {random_tensor({6, 4, 3, 2}, rng)});
  const std::vector<Values> inputs = images({4, 7, 8}, 5, rng);
  const Draft draft = calibrated(network, inputs);
  const auto check = [&](const std::string& form, const std::string& layer) {
    const Draft result = factored(draft, knobs_of(form, 0.5));
    const SecondMoments* kept = result.calibration.moments_of(layer);
    ASSERT_NE(kept, nullptr) << form << layer;
    const SecondMoments measured = naive_moments(result.network, layer, inputs);
    ASSERT_EQ(kept->columns, measured.columns);
    EXPECT_EQ(kept->samples, measured.samples);
    EXPECT_LT(squared_difference(kept->sums, measured.sums), 1e-10 * squared_norm(measured.sums)) << form << layer;
    EXPECT_LT(squared_difference(kept->totals, measured.totals), 1e-10 * squared_norm(measured.totals));
  };
  check("svd", "w/rank");
  check("svd", "w");
  check("spatial", "w");
  check("tucker", "w/core");
  check("tucker", "w");
  // Where a factor comes first, its own windows are not those of the layer: what is kept is a mean over these.
  EXPECT_EQ(factored(draft, knobs_of("tucker", 0.5)).calibration.moments_of("w/inputs")->columns, 4);
  EXPECT_EQ(factored(draft, knobs_of("spatial", 0.5)).calibration.moments_of("w/rank")->columns, 12);
}

TEST(LowRankMethod, StatisticsBetweenTheFactorsFollowFromTheMoments) {
  Rng rng(8);
  const Network network = one_layer({4, 7, 8}, odd_conv(), {random_tensor({6, 4, 3, 2}, rng)});
  const std::vector<Values> inputs = images({4, 7, 8}, 40, rng);
  const Draft result = factored(calibrated(network, inputs), knobs_of("svd", 0.5));
  const ValueStatistics& statistics = *result.calibration.find("w/rank");
  ASSERT_EQ(statistics.channel_mean.size(), 3U);
  std::vector<double> sum(3, 0.0);
  std::size_t inside = 0;
  std::size_t all = 0;
  for (const Values& input : inputs) {
    const Values values = naive_chain(result.network, input)["w/rank"];
    const std::size_t positions = values.size() / 3;
    for (std::size_t i = 0; i < values.size(); ++i) {
      sum[i / positions] += values[i] / static_cast<double>(positions * inputs.size());
      inside +=
          values[i] >= statistics.channel_min[i / positions] && values[i] <= statistics.channel_max[i / positions];
      ++all;
    }
  }
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(statistics.channel_mean[k], sum[k], 1e-4);
  EXPECT_GT(static_cast<double>(inside), 0.99 * static_cast<double>(all));
  EXPECT_LT(statistics.histogram.quantile(0.01), statistics.histogram.quantile(0.99));
}

TEST(LowRankMethod, LaterStepsGoToEveryFactor) {
  const Draft base = draft_of(chain_network());
  const Recipe recipe = {{"conv2", "low_rank", {{"form", std::string("tucker")}, {"rank", 0.5}}},
                         {"conv2", "integer", {{"rounding", std::string("second-order")}}}};
  RS_ASSERT_OK_AND_ASSIGN(const Draft draft, apply_recipe(base, recipe, 1));
  EXPECT_THAT(draft.parts.at("conv2"), ElementsAre("conv2/inputs", "conv2/core", "conv2"));
  for (const std::string& part : draft.parts.at("conv2")) {
    const Layer& layer = draft.network.layer(*draft.network.find(part));
    EXPECT_TRUE(layer.arithmetic.weight && layer.arithmetic.input(0)) << part;
  }
  // The last factor has the bias, and what read the layer reads it.
  EXPECT_EQ(draft.network.layer(*draft.network.find("conv2")).constants.size(), 2U);
  EXPECT_EQ(draft.network.output_shape(), base.network.output_shape());
}

TEST(LowRankMethod, RecurrentLayersReadFewerValuesAStep) {
  const Draft base = draft_of(recurrent_network());
  RS_ASSERT_OK_AND_ASSIGN(const Draft draft, apply_recipe(base, {{"lstm", "low_rank", {{"rank", 0.5}}}}, 1));
  const Layer& first = draft.network.layer(*draft.network.find("lstm/rank"));
  const Layer& last = draft.network.layer(*draft.network.find("lstm"));
  EXPECT_EQ(first.output_shape, (Shape{6, 4}));
  EXPECT_EQ(last.constants[0]->shape(), (Shape{1, 16, 4}));
  EXPECT_EQ(last.constants[1], base.network.layer(*base.network.find("lstm")).constants[1]);
  EXPECT_EQ(draft.calibration.moments_of("lstm")->columns, 4);
  EXPECT_NE(draft.calibration.state_moments_of("lstm"), nullptr);
  // Biases of the input's side alone move.
  const TensorPtr before = base.network.layer(*base.network.find("lstm")).constants[2];
  EXPECT_NE(last.constants[2]->values()[3], before->values()[3]);
  EXPECT_EQ(last.constants[2]->values()[19], before->values()[19]);
}

TEST(LowRankMethod, NamesAreNewAndReasonsAreGiven) {
  Rng rng(9);
  NetworkBuilder builder;
  const LayerId x = builder.input({6});
  const LayerId taken = builder.add("w/rank", op::Dense{}, {x}, {random_tensor({6, 6}, rng)});
  const Network network = builder.finish(builder.add("w", op::Dense{}, {taken}, {random_tensor({5, 6}, rng)})).value();
  RS_ASSERT_OK_AND_ASSIGN(const Draft draft, apply_recipe(draft_of(network), {{"w", "low_rank", {}}}, 1));
  EXPECT_TRUE(draft.network.find("w/rank_2"));
  const auto spatial = apply_recipe(draft_of(network), {{"w", "low_rank", {{"form", std::string("spatial")}}}}, 1);
  EXPECT_THAT(spatial, StatusIs(Code::kFailedPrecondition, HasSubstr("form spatial takes a Conv, not Gemm")));
  Draft blind = draft_of(network);
  blind.calibration.moments.clear();
  EXPECT_THAT(apply_recipe(blind, {{"w", "low_rank", {}}}, 1),
              StatusIs(Code::kFailedPrecondition, HasSubstr("no second moments of what 'w' reads")));
  // Without them, plain factors still have statistics.
  RS_ASSERT_OK_AND_ASSIGN(const Draft plain, apply_recipe(blind, {{"w", "low_rank", {{"whitened", false}}}}, 1));
  EXPECT_EQ(plain.calibration.find("w/rank_2")->channel_mean.size(), 1U);
}

// Together no more parameters than with equal shares, and no more loss.
TEST(LowRankMethod, ABudgetOfTheNetworkGoesWhereItHelpsMost) {
  const Network network = chain_network();
  Draft draft = draft_of(network);
  const Method& method = *find_method("low_rank").value();
  const std::vector<LayerId> layers = {*network.find("conv2"), *network.find("fc1"), *network.find("fc2")};
  for (const double rank : {0.2, 0.4, 0.7}) {
    const Knobs knobs = complete_knobs(method.info(), {{"rank", rank}, {"budget", std::string("network")}}).value();
    RS_ASSERT_OK_AND_ASSIGN(const std::vector<Knobs> spread, method.spread(draft, layers, knobs));
    const auto measure = [&](auto share_of) {
      std::pair<double, double> sums{0, 0};  // parameters, relative loss
      for (std::size_t l = 0; l < layers.size(); ++l) {
        const WeightMatrix matrix = weight_matrices(draft, network.layer(layers[l]))[0];
        const linear::Spectrum spectrum =
            linear::whitened_spectrum(matrix.values, centred_gram(*matrix.moments)).value();
        const double share = share_of(l);
        const auto size = static_cast<double>(matrix.values.rows * matrix.values.columns);
        const auto rank_now = std::max<std::size_t>(
            1, static_cast<std::size_t>(share * static_cast<double>(spectrum.full_rank()) + 1e-9));
        sums.first += share == 1 ? size : static_cast<double>(rank_now * (matrix.values.rows + matrix.values.columns));
        sums.second += share == 1 ? 0 : spectrum.loss(rank_now) / spectrum.loss(0);
      }
      return sums;
    };
    const auto equal = measure([&](std::size_t) { return rank; });
    const auto spent = measure([&](std::size_t l) { return number(spread[l], "rank"); });
    EXPECT_LE(spent.first, equal.first) << rank;
    EXPECT_LE(spent.second, equal.second) << rank;
    for (const Knobs& own : spread) EXPECT_EQ(word(own, "budget"), "layer");
  }
}

}  // namespace
}  // namespace roofscape::approx
