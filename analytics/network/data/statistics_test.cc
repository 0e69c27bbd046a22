#include "analytics/network/statistics.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "analytics/base/rng.h"

namespace roofscape {
namespace {

void expect_equal(const Histogram& a, const Histogram& b) {
  RC_ASSERT(a.total() == b.total());
  RC_ASSERT(a.range() == b.range());
  RC_ASSERT(a.bins() == b.bins());
}

// Any finite float, NaN and infinities among them; zeros often.
std::vector<float> random_values() {
  std::vector<float> values;
  for (const std::uint32_t bits : *rc::gen::arbitrary<std::vector<std::uint32_t>>()) {
    values.push_back(bits % 5 == 0 ? 0.0F : std::bit_cast<float>(bits * 2654435761U));
  }
  return values;
}

RC_GTEST_PROP(HistogramProperty, OrderAndGroupingDoNotMatter, ()) {
  const std::vector<float> a = random_values();
  const std::vector<float> b = random_values();
  const std::vector<float> c = random_values();
  Histogram at_once;
  std::vector<float> all = c;
  all.insert(all.end(), a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  at_once.add(all);
  Histogram one_by_one;
  std::reverse(all.begin(), all.end());
  for (const float value : all) one_by_one.add(std::span(&value, 1));
  expect_equal(at_once, one_by_one);

  Histogram ha, hb, hc;
  ha.add(a);
  hb.add(b);
  hc.add(c);
  Histogram left = ha;
  left.merge(hb);
  left.merge(hc);
  Histogram right = hc;
  Histogram inner = hb;
  inner.merge(ha);
  right.merge(inner);
  expect_equal(left, right);
  expect_equal(left, at_once);
}

TEST(Histogram, CountsAsOftenAsAsked) {
  const std::vector<float> values = {0.5F, -3.0F, 0.0F, 0.0F};
  Histogram once, counted;
  once.add(std::vector<float>{0.5F, 0.5F, 0.5F, -3.0F, 0.0F, 0.0F});
  counted.add(values, std::vector<std::uint64_t>{3, 1, 2, 0});
  EXPECT_EQ(counted.total(), 6U);
  EXPECT_EQ(counted.range(), once.range());
  EXPECT_EQ(counted.bins(), once.bins());
}

TEST(Histogram, CountsValuesIntoTheirBins) {
  Histogram h;
  h.add(std::vector<float>{0.5F, -0.5F, 0.0F, 0.9999F});
  EXPECT_EQ(h.total(), 4U);
  EXPECT_EQ(h.range(), 1.0);
  EXPECT_EQ(h.bins()[2048], 1U);
  EXPECT_EQ(h.bins()[2048 + 1024], 1U);
  EXPECT_EQ(h.bins()[1024], 1U);
  EXPECT_EQ(h.bins()[4095], 1U);
  EXPECT_NEAR(h.centre(4095), 1 - 1.0 / 4096, 1e-12);
  h.add(std::vector<float>{1.0F});  // widens: 1 does not lie below 1
  EXPECT_EQ(h.range(), 2.0);
  EXPECT_EQ(h.bins()[2048 + 1023], 1U);
  EXPECT_EQ(h.bins()[2048 + 1024], 1U);
}

TEST(Histogram, ZerosAndNaN) {
  Histogram h;
  h.add(std::vector<float>{0, -0.0F, std::numeric_limits<float>::quiet_NaN()});
  EXPECT_EQ(h.total(), 2U);
  EXPECT_EQ(h.range(), 0.0);
  EXPECT_EQ(h.quantile(0.5), 0.0);
  h.add(std::vector<float>{1e-30F});
  EXPECT_EQ(h.total(), 3U);
  EXPECT_EQ(h.bins()[2048], 2U);
}

TEST(Histogram, QuantilesAreRightToOneBin) {
  Rng rng(4);
  std::vector<float> values(20'000);
  for (float& v : values) v = static_cast<float>(rng.normal());
  Histogram h;
  h.add(values);
  std::sort(values.begin(), values.end());
  const double width = 2 * h.range() / Histogram::kBins;
  for (const double q : {0.0, 0.001, 0.1, 0.5, 0.9, 0.999, 1.0}) {
    const auto index = static_cast<std::size_t>(std::max(0.0, std::ceil(q * 20'000) - 1));
    EXPECT_NEAR(h.quantile(q), values[index], width) << q;
  }
}

TEST(Calibration, FindsByName) {
  Calibration calibration;
  auto statistics = std::make_shared<ValueStatistics>();
  calibration.values["relu1"] = statistics;
  EXPECT_EQ(calibration.find("relu1"), statistics.get());
  EXPECT_EQ(calibration.find("relu2"), nullptr);
}

SecondMoments two_groups() {
  return {.groups = 2, .columns = 2, .samples = 3, .sums = {1, 2, 2, 4, 5, 6, 6, 8}, .totals = {1, 2, 3, 4}};
}

TEST(SecondMoments, SelectsColumnsOfEveryGroupInTheOrderGiven) {
  const SecondMoments turned = two_groups().select(std::vector<std::int64_t>{1, 0});
  EXPECT_EQ(turned.sums, (std::vector<double>{4, 2, 2, 1, 8, 6, 6, 5}));
  EXPECT_EQ(turned.totals, (std::vector<double>{2, 1, 4, 3}));
  const SecondMoments one = two_groups().select(std::vector<std::int64_t>{1});
  EXPECT_EQ(one.sums, (std::vector<double>{4, 8}));
  EXPECT_EQ(one.columns, 1);
  EXPECT_EQ(one.samples, 3);
}

TEST(SecondMoments, SelectsGroups) {
  const SecondMoments second = two_groups().select_groups(std::vector<std::int64_t>{1});
  EXPECT_EQ(second.groups, 1);
  EXPECT_EQ(second.sums, (std::vector<double>{5, 6, 6, 8}));
  EXPECT_EQ(second.totals, (std::vector<double>{3, 4}));
}

TEST(SecondMoments, ScalesAsTheVectorsWould) {
  const SecondMoments scaled = two_groups().scaled(std::vector<double>{1, 10, -1, 2});
  EXPECT_EQ(scaled.sums, (std::vector<double>{1, 20, 20, 400, 5, -12, -12, 32}));
  EXPECT_EQ(scaled.totals, (std::vector<double>{1, 20, -3, 8}));
}

}  // namespace
}  // namespace roofscape
