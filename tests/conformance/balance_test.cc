// equalise and smooth move factors between layers: what a network computes stays, on every structure that factors
// cross.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analytics/approx/method.h"
#include "analytics/approx/ranges.h"
#include "analytics/approx/test_networks.h"
#include "analytics/engine/calibrate.h"
#include "analytics/engine/engine.h"
#include "analytics/engine/testing.h"

namespace roofscape {
namespace {

std::vector<float> outputs(const Network& network, const std::vector<float>& images, std::int64_t count) {
  return engine::Engine({}).run(network, images, count).value();
}

TEST(Balance, OutputsStayWhatTheyWere) {
  constexpr std::int64_t kImages = 5;
  int applied = 0;
  for (const auto& [name, network] : testing::test_networks()) {
    const approx::Draft draft = testing::draft_of(network);
    Rng rng(11);
    std::vector<float> images(static_cast<std::size_t>(kImages * element_count(network.input_shape())));
    for (float& value : images) value = static_cast<float>(rng.normal());
    const std::vector<float> before = outputs(network, images, kImages);
    double largest = 0;
    for (const float value : before) largest = std::max(largest, std::abs(static_cast<double>(value)));
    for (const char* id : {"equalise", "smooth"}) {
      const approx::Method& method = *approx::find_method(id).value();
      approx::Recipe all;
      for (LayerId layer = 0; layer < network.size(); ++layer)
        if (!method.applies(network, layer)) all.push_back({network.layer(layer).name, id, {}});
      const approx::Draft result = approx::apply_recipe(draft, all, 1).value();
      EXPECT_EQ(result.network.key() == network.key(), all.empty()) << name << " " << id;
      applied += static_cast<int>(all.size());
      const std::vector<float> after = outputs(result.network, images, kImages);
      for (std::size_t i = 0; i < before.size(); ++i)
        ASSERT_NEAR(after[i], before[i], 1e-4 * largest) << name << " " << id;
    }
  }
  EXPECT_GT(applied, 10);
}

// Ranges that are chosen from statistics which followed the factors, not measured anew, are nearly as good: the error
// of 8-bit codes on what really flows there is a few times that of ranges from a calibration of the scaled network.
TEST(Balance, RangesFollow) {
  const approx::RangePlan plan{
      .format = NumberFormat::integer(8, Signedness::kSigned), .options = {}, .rule = approx::RangePlan::Rule::kMse};
  int compared = 0;
  for (const auto& [name, network] : testing::test_networks()) {
    Rng rng(5);
    const Dataset images = engine::testing::random_dataset(rng, network.input_shape(), 64, 2);
    const Calibration calibration = engine::calibrate(network, images, {}, {}).value();
    for (const char* id : {"equalise", "smooth"}) {
      const approx::Method& method = *approx::find_method(id).value();
      approx::Recipe all;
      for (LayerId layer = 0; layer < network.size(); ++layer)
        if (!method.applies(network, layer)) all.push_back({network.layer(layer).name, id, {}});
      if (all.empty()) continue;
      const approx::Draft scaled = approx::apply_recipe({network, calibration}, all, 1).value();
      const Calibration truth = engine::calibrate(scaled.network, images, {}, {}).value();
      for (const Layer& layer : scaled.network.layers()) {
        const ValueStatistics& followed = *scaled.calibration.find(layer.name);
        const ValueStatistics& measured = *truth.find(layer.name);
        std::vector<float> values, counts;
        for (int bin = 0; bin < static_cast<int>(measured.histogram.bins().size()); ++bin) {
          values.push_back(static_cast<float>(measured.histogram.centre(bin)));
          counts.push_back(static_cast<float>(measured.histogram.bins()[static_cast<std::size_t>(bin)]));
        }
        const auto error = [&](const ValueStatistics& statistics) {
          return approx::squared_error(approx::activation_quantiser(plan, statistics, layer.output_shape).value(),
                                       values, counts);
        };
        EXPECT_LE(error(followed), 5 * error(measured)) << name << " " << id << " " << layer.name;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 30);
}

}  // namespace
}  // namespace roofscape
