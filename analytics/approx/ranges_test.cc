#include "analytics/approx/ranges.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "analytics/base/rng.h"
#include "analytics/base/status_matchers.h"

namespace roofscape::approx {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

using Rule = RangePlan::Rule;

std::vector<float> normal_values(int count, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(rng.normal());
  return values;
}

double naive_error(const Quantiser& q, const std::vector<float>& values, std::size_t channel = 0) {
  double total = 0;
  for (const float value : values) {
    const double error = static_cast<double>(value) - static_cast<double>(q.fake(value, channel));
    total += error * error;
  }
  return total;
}

TEST(SquaredError, EqualsTheNaiveSum) {
  const std::vector<float> values = normal_values(1003, 1);
  const std::vector<float> twice(values.size(), 2.0F);
  for (const int bits : {2, 4, 8}) {
    const Quantiser q{NumberFormat::integer(bits, Signedness::kSigned), {3.0F / static_cast<float>(1 << bits)}, {1}};
    EXPECT_NEAR(squared_error(q, values, {}), naive_error(q, values), 1e-4 * naive_error(q, values));
    EXPECT_NEAR(squared_error(q, values, twice), 2 * naive_error(q, values), 2e-4 * naive_error(q, values));
  }
}

TEST(WeightQuantiser, MseIsNeverWorseThanMinMaxAndNearTheBestOfAll) {
  for (const int bits : {2, 3, 4, 6, 8}) {
    const std::vector<float> values = normal_values(4000, static_cast<std::uint64_t>(bits));
    const std::vector<TensorPtr> tensors = {make_tensor({4000}, values)};
    RangePlan plan{.format = NumberFormat::integer(bits, Signedness::kSigned)};
    const double mse = naive_error(weight_quantiser(plan, tensors, -1).value(), values);
    plan.rule = Rule::kMinMax;
    const Quantiser widest = weight_quantiser(plan, tensors, -1).value();
    EXPECT_LE(mse, naive_error(widest, values) * (1 + 1e-6)) << bits;
    double best = naive_error(widest, values);
    for (int percent = 21; percent < 100; ++percent) {
      Quantiser q = widest;
      q.scale[0] *= static_cast<float>(percent) / 100;
      best = std::min(best, naive_error(q, values));
    }
    EXPECT_LE(mse, best * 1.02) << bits;
  }
}

TEST(WeightQuantiser, GivesEachChannelItsOwnRange) {
  // Shape [2, 3, 2]; along axis 1 the channels hold magnitudes 1, 10 and 0.
  const std::vector<float> values = {1, -1, 10, 5, 0, 0, 0.5F, 1, -10, 2, 0, 0};
  const std::vector<TensorPtr> tensors = {make_tensor({2, 3, 2}, values)};
  RangePlan plan{.format = NumberFormat::integer(8, Signedness::kSigned), .rule = Rule::kMinMax};
  RS_ASSERT_OK_AND_ASSIGN(const Quantiser q, weight_quantiser(plan, tensors, 1));
  EXPECT_EQ(q.scale, (std::vector<float>{1.0F / 127, 10.0F / 127, 1.0F}));
  EXPECT_EQ(q.axis, 1);
  // Two tensors share it: the larger magnitude of both counts.
  const std::vector<TensorPtr> two = {tensors[0], make_tensor({1, 3, 1}, {2, 2, 2})};
  EXPECT_EQ(weight_quantiser(plan, two, 1).value().scale, (std::vector<float>{2.0F / 127, 10.0F / 127, 2.0F / 127}));
}

TEST(WeightQuantiser, PercentileLeavesOutliersOutside) {
  std::vector<float> values(1000, 1.0F);
  values[3] = 100;
  const std::vector<TensorPtr> tensors = {make_tensor({1000}, values)};
  RangePlan plan{.format = NumberFormat::integer(8, Signedness::kSigned), .rule = Rule::kPercentile, .percentile = 99};
  EXPECT_EQ(weight_quantiser(plan, tensors, -1).value().scale[0], 1.0F / 127);
  plan.percentile = 100;
  EXPECT_EQ(weight_quantiser(plan, tensors, -1).value().scale[0], 100.0F / 127);
}

TEST(WeightQuantiser, PowersOfTwoStayPowersOfTwo) {
  const std::vector<TensorPtr> tensors = {make_tensor({500}, normal_values(500, 9))};
  for (const Rule rule : {Rule::kMinMax, Rule::kMse, Rule::kPercentile}) {
    RangePlan plan{
        .format = NumberFormat::integer(4, Signedness::kSigned), .options = {.power_of_two = true}, .rule = rule};
    int exponent = 0;
    EXPECT_EQ(std::frexp(weight_quantiser(plan, tensors, -1).value().scale[0], &exponent), 0.5F);
  }
}

TEST(WeightQuantiser, RefusesWhatIsNotFinite) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    for (const Rule rule : {Rule::kMinMax, Rule::kMse, Rule::kPercentile}) {
      const RangePlan plan{.format = NumberFormat::integer(4, Signedness::kSigned), .rule = rule};
      const std::vector<TensorPtr> tensors = {make_tensor({3}, {1, bad, 2})};
      EXPECT_THAT(weight_quantiser(plan, tensors, -1),
                  StatusIs(Code::kFailedPrecondition, HasSubstr("only finite ones")));
    }
  }
}

ValueStatistics statistics_of(const std::vector<float>& values) {
  ValueStatistics statistics;
  statistics.histogram.add(values);
  statistics.min = *std::min_element(values.begin(), values.end());
  statistics.max = *std::max_element(values.begin(), values.end());
  return statistics;
}

TEST(ActivationQuantiser, MseFromTheHistogramIsNearTheBestForTheValues) {
  std::vector<float> values = normal_values(20'000, 5);
  for (float& value : values) value = std::max(value, 0.0F);
  const ValueStatistics statistics = statistics_of(values);
  for (const int bits : {2, 4, 6, 8}) {
    const RangePlan plan{.format = NumberFormat::integer(bits, Signedness::kUnsigned)};
    const double mse = naive_error(activation_quantiser(plan, statistics, {4}).value(), values);
    double best = std::numeric_limits<double>::max();
    for (int percent = 21; percent <= 100; ++percent) {
      best = std::min(
          best,
          naive_error(quantiser_for_range(plan.format, 0, statistics.max * static_cast<float>(percent) / 100), values));
    }
    EXPECT_LE(mse, best * 1.05) << bits;
  }
}

TEST(ActivationQuantiser, RawBytesKeepTheirOwnGrid) {
  std::vector<float> values;
  for (int i = 0; i < 256; ++i) values.push_back(static_cast<float>(i));
  const RangePlan plan{.format = NumberFormat::integer(8, Signedness::kUnsigned)};
  EXPECT_EQ(activation_quantiser(plan, statistics_of(values), {4}).value().scale[0], 1.0F);
}

TEST(ActivationQuantiser, PercentileReadsTheHistogram) {
  std::vector<float> values = normal_values(100'000, 6);
  values.push_back(50);
  RangePlan plan{.format = NumberFormat::integer(8, Signedness::kUnsigned),
                 .options = {.symmetric = false},
                 .rule = Rule::kPercentile,
                 .percentile = 99.9};
  RS_ASSERT_OK_AND_ASSIGN(const Quantiser q, activation_quantiser(plan, statistics_of(values), {4}));
  EXPECT_NEAR(q.scale[0], 6.18 / 255, 0.15 / 255);  // ±3.09 standard deviations
}

TEST(ActivationQuantiser, RefusesEmptyAndInfiniteStatistics) {
  const RangePlan plan{.format = NumberFormat::integer(8, Signedness::kUnsigned)};
  EXPECT_THAT(activation_quantiser(plan, {}, {4}),
              StatusIs(Code::kFailedPrecondition, HasSubstr("statistics are empty")));
  EXPECT_THAT(activation_quantiser(plan, statistics_of({0, std::numeric_limits<float>::infinity()}), {4}),
              StatusIs(Code::kFailedPrecondition, HasSubstr("only finite ones")));
}

}  // namespace
}  // namespace roofscape::approx
