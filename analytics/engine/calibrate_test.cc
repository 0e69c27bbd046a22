#include "analytics/engine/calibrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "analytics/base/status_matchers.h"
#include "analytics/engine/testing.h"

namespace roofscape::engine {
namespace {

using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

class CalibrateTest : public ::testing::Test {
 protected:
  Rng rng_{3};
  Dataset data_ = testing::random_dataset(rng_, {2, 12, 12}, 100, 10);
  Network network_ = testing::small_network(1);
};

TEST_F(CalibrateTest, DescribesEveryLayerByName) {
  RS_ASSERT_OK_AND_ASSIGN(const Calibration calibration, calibrate(network_, data_, {}, {}));
  EXPECT_EQ(calibration.images, 100);
  ASSERT_EQ(calibration.values.size(), static_cast<std::size_t>(network_.size()));
  for (const Layer& layer : network_.layers()) {
    const ValueStatistics* statistics = calibration.find(layer.name);
    ASSERT_NE(statistics, nullptr) << layer.name;
    EXPECT_EQ(statistics->histogram.total(), static_cast<std::uint64_t>(100 * element_count(layer.output_shape)));
  }
}

TEST_F(CalibrateTest, FeaturesForExitsAreTheChannelsMeansImageByImage) {
  RS_ASSERT_OK_AND_ASSIGN(const Calibration calibration, calibrate(network_, data_, {}, {.threads = 2, .batch = 16},
                                                                   nullptr, {.exit_features = true}));
  RS_ASSERT_OK_AND_ASSIGN(const Calibration plain, calibrate(network_, data_, {}, {}));
  EXPECT_TRUE(plain.exit_features.empty());
  EXPECT_EQ(calibration.key, plain.key);
  std::vector<float> images(100 * 288);
  prepare_images(data_, {}, {0, 100}, images);
  const ExitFeatures& input = *calibration.exit_features.at("input");
  ASSERT_EQ(input.columns, 2);
  ASSERT_EQ(input.values.size(), 200U);
  double sum = 0;
  for (std::size_t i = 0; i < 144; ++i) sum += images[37 * 288 + 144 + i];
  EXPECT_FLOAT_EQ(input.values[2 * 37 + 1], static_cast<float>(sum / 144));
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> outputs, Engine({}).run(network_, images, 100));
  EXPECT_EQ(calibration.exit_features.at("dense2")->values, outputs);
  EXPECT_EQ(calibration.labels.size(), data_.labels.size());
}

TEST_F(CalibrateTest, RangesAndMeansAreThoseOfTheValues) {
  RS_ASSERT_OK_AND_ASSIGN(const Calibration calibration, calibrate(network_, data_, {}, {}));
  std::vector<float> images(100 * 288);
  prepare_images(data_, {}, {0, 100}, images);

  // The input: channels are planes of 144.
  const ValueStatistics* input = calibration.find("input");
  EXPECT_EQ(input->min, *std::min_element(images.begin(), images.end()));
  EXPECT_EQ(input->max, *std::max_element(images.begin(), images.end()));
  double sum = 0;
  float largest = images[144];
  for (std::size_t n = 0; n < 100; ++n)
    for (std::size_t i = 0; i < 144; ++i) {
      sum += images[n * 288 + 144 + i];
      largest = std::max(largest, images[n * 288 + 144 + i]);
    }
  EXPECT_NEAR(input->channel_mean[1], sum / 14400, 1e-9);
  EXPECT_EQ(input->channel_max[1], largest);

  // A Relu leaves zeros.
  RS_ASSERT_OK_AND_ASSIGN(const Network first, [&] {
    std::vector<Layer> layers(network_.layers().begin(), network_.layers().begin() + 3);
    return Network::create(std::move(layers), 2);
  }());
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> relu1, Engine({}).run(first, images, 100));
  std::int64_t zeros = 0;
  for (std::size_t n = 0; n < 100; ++n)
    for (std::size_t i = 0; i < 144; ++i) zeros += relu1[n * 6 * 144 + 2 * 144 + i] == 0 ? 1 : 0;
  EXPECT_DOUBLE_EQ(calibration.find("relu1")->channel_zeros[2], static_cast<double>(zeros) / 14400);
  EXPECT_GT(zeros, 0);

  // The output: channels are its elements.
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> outputs, Engine({}).run(network_, images, 100));
  const ValueStatistics* output = calibration.find("dense2");
  ASSERT_EQ(output->channel_max.size(), 10);
  for (std::size_t c = 0; c < 10; ++c) {
    float highest = outputs[c];
    for (std::size_t n = 0; n < 100; ++n) highest = std::max(highest, outputs[n * 10 + c]);
    EXPECT_EQ(output->channel_max[c], highest);
  }
}

TEST_F(CalibrateTest, AnyNumberOfThreadsGivesTheSameStatistics) {
  RS_ASSERT_OK_AND_ASSIGN(const Calibration one, calibrate(network_, data_, {}, {.threads = 1, .batch = 8}));
  RS_ASSERT_OK_AND_ASSIGN(const Calibration three, calibrate(network_, data_, {}, {.threads = 3, .batch = 8}));
  EXPECT_EQ(one.key, three.key);
  for (const auto& [name, a] : one.values) {
    const ValueStatistics* b = three.find(name);
    EXPECT_EQ(a->channel_mean, b->channel_mean) << name;
    EXPECT_EQ(a->channel_zeros, b->channel_zeros) << name;
    EXPECT_EQ(a->channel_min, b->channel_min) << name;
    EXPECT_EQ(a->channel_max, b->channel_max) << name;
    EXPECT_EQ(a->histogram.bins(), b->histogram.bins()) << name;
  }
}

TEST_F(CalibrateTest, KeyNamesNetworkImagesAndPreparation) {
  RS_ASSERT_OK_AND_ASSIGN(const Calibration raw, calibrate(network_, data_, {}, {}));
  RS_ASSERT_OK_AND_ASSIGN(const Calibration scaled, calibrate(network_, data_, {.scale = 0.5}, {}));
  RS_ASSERT_OK_AND_ASSIGN(const Calibration other, calibrate(testing::small_network(2), data_, {}, {}));
  EXPECT_NE(raw.key, scaled.key);
  EXPECT_NE(raw.key, other.key);
  EXPECT_EQ(scaled.find("input")->max, 0.5F * raw.find("input")->max);
}

TEST_F(CalibrateTest, RefusesNoImagesAndStopsWhenCancelled) {
  Dataset none;
  none.image_shape = {2, 12, 12};
  EXPECT_THAT(calibrate(network_, none, {}, {}), StatusIs(Code::kInvalidArgument, HasSubstr("holds no images")));
  CancelToken token;
  token.cancel();
  EXPECT_THAT(calibrate(network_, data_, {}, {}, &token), StatusIs(Code::kCancelled, HasSubstr("cancelled")));
}

}  // namespace
}  // namespace roofscape::engine
