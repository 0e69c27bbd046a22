// early_exit against the engine: what leaves, leaves with the head's scores; the rest is the network's as before.
#include <gtest/gtest.h>

#include <algorithm>

#include "analytics/approx/method.h"
#include "analytics/base/status_matchers.h"
#include "analytics/engine/calibrate.h"
#include "analytics/engine/score.h"
#include "analytics/engine/testing.h"

namespace roofscape {
namespace {

using engine::Engine;

TEST(EarlyExit, ImagesLeaveWithTheScoresOfTheHeadAboutAsOftenAsForeseen) {
  Rng rng(4);
  const Network network = engine::testing::small_network(1);
  Dataset data = engine::testing::random_dataset(rng, {2, 12, 12}, 400, 10);
  std::vector<float> images(400 * 288);
  prepare_images(data, {}, {0, 400}, images);
  const std::vector<float> late = Engine({}).run(network, images, 400).value();
  // Labels of which the network's layers know something: the class whose score is most above its mean.
  std::vector<float> means(10, 0);
  for (std::size_t i = 0; i < late.size(); ++i) means[i % 10] += late[i] / 400;
  for (std::size_t n = 0; n < 400; ++n) {
    std::vector<float> above;
    for (std::size_t c = 0; c < 10; ++c) above.push_back(late[10 * n + c] - means[c]);
    data.labels[n] = static_cast<std::int32_t>(engine::largest_index(above));
  }

  approx::Draft draft{network, engine::calibrate(network, data, {}, {}, nullptr, {.exit_features = true}).value()};
  RS_ASSERT_OK_AND_ASSIGN(const approx::Draft result,
                          approx::apply_recipe(draft, {{"relu3", "early_exit", {{"confidence", 0.6}}}}, 1));
  const Network& exiting = result.network;
  const auto& select = *exiting.layer(exiting.output()).as<op::Select>();
  std::vector<Layer> layers(exiting.layers().begin(), exiting.layers().end());
  RS_ASSERT_OK_AND_ASSIGN(const Network head,
                          without_dead_layers(std::move(layers), exiting.layer(exiting.output()).inputs[0]));
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> early, Engine({}).run(head, images, 400));
  RS_ASSERT_OK_AND_ASSIGN(const std::vector<float> taken, Engine({}).run(exiting, images, 400));
  int leaving = 0;
  for (std::size_t n = 0; n < 400; ++n) {
    const auto scores = std::span(early).subspan(10 * n, 10);
    const bool leaves = confidence_of(scores, false) >= select.confidence;
    leaving += leaves ? 1 : 0;
    const auto expected = leaves ? scores : std::span<const float>(late).subspan(10 * n, 10);
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), taken.begin() + static_cast<std::ptrdiff_t>(10 * n)));
  }
  EXPECT_GT(leaving, 0);
  EXPECT_LT(leaving, 400);
  EXPECT_NEAR(leaving / 400.0, select.leaving, 0.15);
}

}  // namespace
}  // namespace roofscape
