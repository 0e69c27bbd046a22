#include "analytics/linear/mixed_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analytics/base/rng.h"
#include "analytics/base/status_matchers.h"

namespace roofscape::linear {
namespace {

struct Data {
  Matrix features{0, 0};
  std::vector<double> targets;
  std::vector<int> all, group, block;
};

// Two groups whose slopes differ by `apart`.
Data make(std::size_t rows, double apart, std::uint64_t seed) {
  Rng rng(seed);
  Data data;
  data.features = Matrix(rows, 2);
  for (std::size_t i = 0; i < rows; ++i) {
    const int group = static_cast<int>(i % 2);
    data.features(i, 0) = 1;
    data.features(i, 1) = rng.uniform() * 2 - 1;
    data.targets.push_back(0.5 + (1 + apart * group) * data.features(i, 1) + 0.01 * rng.normal());
    data.all.push_back(0);
    data.group.push_back(group);
    data.block.push_back(static_cast<int>(i / 3));
  }
  return data;
}

MixedModel model_of(const Data& data) {
  MixedModel model(data.targets, 1e-3);
  model.add({.variance = 1, .features = data.features, .groups = data.all});
  model.add({.variance = 0.5, .features = data.features, .groups = data.group});
  return model;
}

TEST(MixedModel, FindsWhatGroupsHaveInCommonAndWhatEachAdds) {
  const Data data = make(200, 0.4, 1);
  const MixedModel model = model_of(data);
  const auto fit = model.fit();
  ASSERT_TRUE(fit.ok()) << fit.status().message();
  const auto common = fit->coefficients(0, 0), first = fit->coefficients(1, 0), second = fit->coefficients(1, 1);
  EXPECT_NEAR(common[1] + first[1], 1.0, 0.02);
  EXPECT_NEAR(common[1] + second[1], 1.4, 0.02);
  EXPECT_NEAR(common[0] + first[0], 0.5, 0.02);
  EXPECT_EQ(fit->coefficients(1, 7), (std::vector<double>{0, 0}));
}

TEST(MixedModel, LeavingOutEqualsFittingWithoutThem) {
  const Data data = make(24, 1.0, 2);
  const MixedModel model = model_of(data);
  auto fit = model.fit();
  ASSERT_TRUE(fit.ok()) << fit.status().message();
  const auto contributions = fit->contributions_without(data.block);
  ASSERT_TRUE(contributions.ok()) << contributions.status().message();
  for (int left_out = 0; left_out < 8; ++left_out) {
    // The same rows with the left-out ones touched by no effect say nothing of the coefficients.
    MixedModel without(data.targets, 1e-3);
    for (const bool grouped : {false, true}) {
      std::vector<int> groups = grouped ? data.group : data.all;
      for (std::size_t i = 0; i < groups.size(); ++i)
        if (data.block[i] == left_out) groups[i] = -1;
      without.add({.variance = grouped ? 0.5 : 1.0, .features = data.features, .groups = groups});
    }
    const auto other = without.fit();
    ASSERT_TRUE(other.ok()) << other.status().message();
    for (std::size_t i = 0; i < data.targets.size(); ++i) {
      if (data.block[i] != left_out) continue;
      double common = 0, added = 0;
      for (std::size_t k = 0; k < 2; ++k) {
        common += data.features(i, k) * other->coefficients(0, 0)[k];
        added += data.features(i, k) * other->coefficients(1, data.group[i])[k];
      }
      EXPECT_NEAR((*contributions)(i, 0), common, 1e-9);
      EXPECT_NEAR((*contributions)(i, 1), added, 1e-9);
    }
  }
}

TEST(MixedModel, BoundedEffectsGoNoFartherThanTheOtherRowsDo) {
  Data data = make(24, 0.0, 5);
  data.features(3, 1) = 10;  // of block 1
  const auto without = [&](bool bounded) {
    MixedModel model(data.targets, 1e-3);
    model.add({.variance = 1, .features = data.features, .groups = data.all, .bounded = bounded});
    auto fit = model.fit();
    return *fit->contributions_without(data.block);
  };
  double least = 1, most = -1;
  for (std::size_t i = 0; i < data.targets.size(); ++i) {
    if (data.block[i] == 1) continue;
    least = std::min(least, data.features(i, 1));
    most = std::max(most, data.features(i, 1));
  }
  const Matrix free = without(false), bounded = without(true);
  EXPECT_NEAR((free(3, 0) - 0.5) / 10, 1, 0.1);
  EXPECT_NEAR((bounded(3, 0) - 0.5) / most, 1, 0.1);
  for (std::size_t i = 6; i < data.targets.size(); ++i)
    EXPECT_TRUE(free(i, 0) == bounded(i, 0) || data.features(i, 1) == least) << i;
}

TEST(MixedModel, AScaledEffectCountsSoMuchInEachTarget) {
  Data data = make(80, 0.0, 4);
  std::vector<double> scale;
  for (std::size_t i = 0; i < data.targets.size(); ++i) {
    scale.push_back(i % 4 == 0 ? 0.5 : 1);
    data.targets[i] *= scale.back();
  }
  MixedModel model(data.targets, 1e-3);
  model.add({.variance = 1, .features = data.features, .groups = data.all, .scale = scale});
  const auto fit = model.fit();
  ASSERT_TRUE(fit.ok()) << fit.status().message();
  EXPECT_NEAR(fit->coefficients(0, 0)[1], 1, 0.03);
  const Matrix contributions = fit->contributions();
  for (std::size_t i = 0; i < data.targets.size(); ++i)
    EXPECT_NEAR(contributions(i, 0) * scale[i], data.targets[i], 0.05);
}

TEST(MixedModel, AGroupWithOneRowMovesPartOfTheWayToIt) {
  Data data = make(60, 0.0, 3);
  for (std::size_t i = 0; i < data.group.size(); ++i) data.group[i] = i == 0 ? 1 : 0;
  data.targets[0] += 1;
  MixedModel model(data.targets, 0.5);  // as much noise as groups differ
  model.add({.variance = 1, .features = data.features, .groups = data.all});
  model.add({.variance = 0.5, .features = data.features, .groups = data.group});
  const auto fit = model.fit();
  ASSERT_TRUE(fit.ok()) << fit.status().message();
  const auto added = fit->coefficients(1, 1);
  const double moved = added[0] + added[1] * data.features(0, 1);
  EXPECT_GT(moved, 0.3);
  EXPECT_LT(moved, 0.7);
}

}  // namespace
}  // namespace roofscape::linear
