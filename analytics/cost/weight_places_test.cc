#include "analytics/cost/weight_places.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace roofscape::cost {
namespace {

UnitShape convolution(std::int64_t channels, std::int64_t pixels) {
  UnitShape s;
  s.matrix = true;
  s.rows = channels;
  s.columns = 9 * channels;
  s.vectors = static_cast<double>(pixels);
  s.weight_bits = s.activation_bits = s.output_bits = 8;
  s.weight_width = s.activation_width = 8;
  s.channels = static_cast<double>(channels);
  s.input_values = static_cast<double>(channels * pixels);
  return s;
}

TEST(WeightPlaces, SmallMapsLetWeightsComeOnceAnImage) {
  const UnitShape shape = convolution(512, 14 * 14);
  const UnitCost unit = unit_cost(shape, 16, 16);
  const std::vector<WeightPlace> places = weight_places(shape, unit);
  ASSERT_GE(places.size(), 2U);
  EXPECT_EQ(places[0].bram, unit.weight_bram);
  EXPECT_EQ(places[0].bytes, 0);
  EXPECT_EQ(places[1].bytes, 512.0 * 512 * 9);
  EXPECT_LT(places[1].bram, places[0].bram / 2);
  EXPECT_EQ(places.back().bram, 0);
  EXPECT_EQ(places.back().bytes, 512.0 * 512 * 9 * 14 * 14);
}

TEST(WeightPlaces, ADenseLayerReadsItsWeightsOnceAnImageAnyway) {
  const UnitShape shape = convolution(1024, 1);
  const std::vector<WeightPlace> places = weight_places(shape, unit_cost(shape, 16, 16));
  ASSERT_EQ(places.size(), 2U);
  EXPECT_EQ(places[1].bram, 0);
  EXPECT_EQ(places[1].bytes, 1024.0 * 1024 * 9);
}

TEST(WeightPlaces, StepsThatWaitForOneAnotherReadAllWeightsEach) {
  UnitShape shape = convolution(512, 35);
  shape.sequential = true;
  const std::vector<WeightPlace> places = weight_places(shape, unit_cost(shape, 16, 16));
  ASSERT_EQ(places.size(), 2U);
  EXPECT_EQ(places[1].bytes, 512.0 * 512 * 9 * 35);
}

RC_GTEST_PROP(WeightPlaces, TradeMemoryForBytesAtEverWorseRates, ()) {
  const UnitShape shape = convolution(*rc::gen::element(16, 64, 256), *rc::gen::element(1, 49, 3136, 50176));
  const std::vector<WeightPlace> places = weight_places(shape, unit_cost(shape, *rc::gen::element(1, 8), 16));
  double last = HUGE_VAL;
  for (std::size_t i = 1; i < places.size(); ++i) {
    RC_ASSERT(places[i].bram < places[i - 1].bram);
    RC_ASSERT(places[i].bytes > places[i - 1].bytes);
    const double rate = (places[i - 1].bram - places[i].bram) / (places[i].bytes - places[i - 1].bytes);
    RC_ASSERT(rate <= last);
    last = rate;
  }
}

}  // namespace
}  // namespace roofscape::cost
