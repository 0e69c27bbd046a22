#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "analytics/base/rng.h"
#include "analytics/base/status_matchers.h"
#include "analytics/network/dataset.h"

namespace roofscape {
namespace {

using ::roofscape::testing::IsOk;
using ::roofscape::testing::StatusIs;
using ::testing::HasSubstr;

Dataset random_set(Dataset::Element element, Rng& rng) {
  Dataset set;
  set.image_shape = {3, 5, 4};
  set.element = element;
  set.count = 7;
  for (int i = 0; i < 7 * 60; ++i) {
    if (element == Dataset::Element::kUint8) {
      set.raw.push_back(static_cast<std::byte>(rng.next()));
      continue;
    }
    const auto value = static_cast<float>(rng.normal());
    std::byte bytes[4];
    std::memcpy(bytes, &value, 4);
    set.raw.insert(set.raw.end(), bytes, bytes + 4);
  }
  return set;
}

double raw_value(const Dataset& set, std::size_t index) {
  if (set.element == Dataset::Element::kUint8) return std::to_integer<int>(set.raw[index]);
  float value = 0;
  std::memcpy(&value, set.raw.data() + 4 * index, 4);
  return value;
}

TEST(PrepareImages, EqualsTheFormulaValueByValue) {
  const std::vector<Preparation> preparations = {
      {},
      {.scale = 1.0 / 255},
      {.scale = 1.0 / 255, .mean = {0.5}, .std = {0.25}},
      {.scale = 1.0 / 255, .mean = {0.485, 0.456, 0.406}, .std = {0.229, 0.224, 0.225}},
      {.scale = 2, .mean = {1, 2, 3}, .std = {}},
      {.scale = 1, .mean = {}, .std = {-1, 2, 3}},
      {.scale = 1, .mean = {7}, .std = {1, 2, 3}},
  };
  Rng rng(2);
  for (const auto element : {Dataset::Element::kUint8, Dataset::Element::kFloat32}) {
    const Dataset set = random_set(element, rng);
    for (const Preparation& p : preparations) {
      ASSERT_THAT(p.validate(3), IsOk());
      const ImageRange range{2, 4};
      std::vector<float> out(4 * 60);
      prepare_images(set, p, range, out);
      for (std::size_t i = 0; i < out.size(); ++i) {
        const std::size_t channel = i % 60 / 20;
        const double mean = p.mean.empty() ? 0 : p.mean.size() == 1 ? p.mean[0] : p.mean[channel];
        const double std = p.std.empty() ? 1 : p.std.size() == 1 ? p.std[0] : p.std[channel];
        ASSERT_EQ(out[i], static_cast<float>((raw_value(set, 120 + i) * p.scale - mean) / std));
      }
    }
  }
}

TEST(PrepareImages, EmptyRangeWritesNothing) {
  Rng rng(1);
  const Dataset set = random_set(Dataset::Element::kUint8, rng);
  prepare_images(set, {}, {7, 0}, {});
  std::vector<float> out(60);
  EXPECT_THROW(prepare_images(set, {}, {7, 1}, out), CheckFailure);
}

TEST(Preparation, ValidateNamesTheField) {
  EXPECT_THAT((Preparation{.mean = {1, 2}}.validate(3)),
              StatusIs(Code::kInvalidArgument, HasSubstr("mean has 2 values; give 1, or 3 (one a channel)")));
  EXPECT_THAT((Preparation{.std = {1, 0, 1}}.validate(3)), StatusIs(Code::kInvalidArgument, HasSubstr("std holds 0")));
  EXPECT_THAT((Preparation{.scale = std::nan("")}.validate(3)),
              StatusIs(Code::kInvalidArgument, HasSubstr("scale is nan")));
  EXPECT_THAT((Preparation{.mean = {std::numeric_limits<double>::infinity()}}.validate(1)),
              StatusIs(Code::kInvalidArgument, HasSubstr("mean is inf")));
  EXPECT_EQ((Preparation{.std = {0}}.validate(1).field()), "std");
}

TEST(Preparation, IdentityAndHash) {
  EXPECT_TRUE(Preparation{}.is_identity());
  EXPECT_TRUE((Preparation{.mean = {0, 0}, .std = {1}}.is_identity()));
  EXPECT_FALSE((Preparation{.scale = 2}.is_identity()));
  const auto hash = [](const Preparation& p) {
    Hasher hasher("test");
    p.hash_into(hasher);
    return hasher.finish();
  };
  EXPECT_NE(hash({.mean = {1}}), hash({.std = {1}}));
}

}  // namespace
}  // namespace roofscape
