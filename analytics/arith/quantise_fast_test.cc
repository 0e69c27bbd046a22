#include "analytics/arith/quantise_fast.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "analytics/base/rng.h"

namespace roofscape {
namespace {

constexpr QuantisePath kFastPaths[] = {QuantisePath::kBest, QuantisePath::kAvx2, QuantisePath::kPortable};

// Ordinary values, exact ties, values just beside them, and everything that could go wrong.
std::vector<float> awkward_values(const Quantiser& q, std::size_t channel, Rng& rng) {
  constexpr float kMost = std::numeric_limits<float>::max();
  std::vector<float> values = {0.0F,
                               -0.0F,
                               kMost,
                               -kMost,
                               std::numeric_limits<float>::infinity(),
                               -std::numeric_limits<float>::infinity(),
                               std::numeric_limits<float>::quiet_NaN(),
                               -std::numeric_limits<float>::quiet_NaN(),
                               std::numeric_limits<float>::denorm_min(),
                               -std::numeric_limits<float>::min()};
  for (int i = 0; i < 400; ++i) {
    const double step = std::floor((rng.uniform() - 0.5) * 1.2 * static_cast<double>(q.format.highest() + 2) * 2);
    const auto tie = static_cast<float>((step + 0.5) * q.scale[channel]);
    values.push_back(tie);
    values.push_back(std::nextafter(tie, kMost));
    values.push_back(std::nextafter(tie, -kMost));
    values.push_back(static_cast<float>(rng.normal() * step * q.scale[channel]));
    values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(rng.next())));
  }
  return values;
}

Quantiser random_quantiser(int bits, Signedness sign, bool narrow, Rng& rng) {
  Quantiser q{NumberFormat::integer(bits, sign, narrow), {}, {}, 0};
  const auto codes = static_cast<std::uint64_t>(q.format.highest() - q.format.lowest() + 1);
  for (int channel = 0; channel < 3; ++channel) {
    q.scale.push_back(std::ldexp(1.0F + static_cast<float>(rng.uniform()), static_cast<int>(rng.below(40)) - 20));
    q.zero_point.push_back(static_cast<std::int32_t>(q.format.lowest() + static_cast<std::int64_t>(rng.below(codes))));
  }
  q.scale[2] = std::numeric_limits<float>::denorm_min();
  return q;
}

template <typename Code>
void expect_equal_codes(const Quantiser& q, const std::vector<float>& values, std::size_t channel) {
  for (const QuantisePath path : kFastPaths) {
    std::vector<Code> codes(values.size());
    quantise(values, q, channel, std::span<Code>(codes), path);
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(static_cast<std::int32_t>(codes[i]), q.quantise(values[i], channel))
          << q.format.name() << " x " << values[i] << " scale " << q.scale[channel] << " path "
          << static_cast<int>(path);
    }
  }
}

// Every code of a format of at most 8 bits.
template <typename Code>
void expect_equal_values(const Quantiser& q, std::size_t channel) {
  std::vector<Code> codes;
  for (std::int64_t code = q.format.lowest(); code <= q.format.highest(); ++code)
    codes.push_back(static_cast<Code>(code));
  std::vector<float> values(codes.size());
  dequantise(std::span<const Code>(codes), q, channel, values);
  for (std::size_t i = 0; i < codes.size(); ++i) ASSERT_EQ(values[i], q.dequantise(codes[i], channel));
}

template <typename Code>
bool holds(const NumberFormat& format) {
  return format.lowest() >= std::numeric_limits<Code>::min() && format.highest() <= std::numeric_limits<Code>::max();
}

void expect_fast_equals_scalar(const Quantiser& q, Rng& rng) {
  for (std::size_t channel = 0; channel < q.scale.size(); ++channel) {
    const std::vector<float> values = awkward_values(q, channel, rng);
    if (holds<std::int8_t>(q.format)) expect_equal_codes<std::int8_t>(q, values, channel);
    if (holds<std::uint8_t>(q.format)) expect_equal_codes<std::uint8_t>(q, values, channel);
    if (holds<std::int16_t>(q.format)) expect_equal_codes<std::int16_t>(q, values, channel);
    if (holds<std::int32_t>(q.format)) expect_equal_codes<std::int32_t>(q, values, channel);
    if (q.format.bits() <= 8 && holds<std::int8_t>(q.format)) expect_equal_values<std::int8_t>(q, channel);
    if (q.format.bits() <= 8 && holds<std::uint8_t>(q.format)) expect_equal_values<std::uint8_t>(q, channel);
    for (const QuantisePath path : kFastPaths) {
      std::vector<float> fakes(values.size());
      fake_quantise(values, q, channel, fakes, path);
      for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_EQ(std::bit_cast<std::uint32_t>(fakes[i]), std::bit_cast<std::uint32_t>(q.fake(values[i], channel)))
            << q.format.name() << " x " << values[i];
      }
    }
  }
}

TEST(QuantiseFast, EqualsTheScalarTruthBitForBit) {
  Rng rng(7);
  for (int bits = 1; bits <= 32; ++bits) {
    if (bits < 32) expect_fast_equals_scalar(random_quantiser(bits, Signedness::kUnsigned, false, rng), rng);
    expect_fast_equals_scalar(random_quantiser(bits, Signedness::kSigned, false, rng), rng);
    if (bits > 1) expect_fast_equals_scalar(random_quantiser(bits, Signedness::kSigned, true, rng), rng);
  }
}

TEST(QuantiseFast, AScaleForEachSignTakesTheScalarTruth) {
  Rng rng(8);
  for (int bits = 2; bits <= 16; ++bits) {
    Quantiser q = random_quantiser(bits, Signedness::kSigned, true, rng);
    for (std::int32_t& zero : q.zero_point) zero = 0;
    for (const float scale : q.scale) q.negative_scale.push_back(scale * 1.7F);
    expect_fast_equals_scalar(q, rng);
  }
}

TEST(QuantiseFast, SmallFloatsAndFp32TakeTheScalarTruth) {
  const std::vector<float> values = {0.1F, -3.3F, 1e9F};
  for (const NumberFormat& format : {NumberFormat::fp32(), NumberFormat::minifloat(4, 3)}) {
    const Quantiser q{.format = format};
    std::vector<float> fakes(values.size());
    fake_quantise(values, q, 0, fakes);
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(fakes[i], q.fake(values[i]));
  }
}

TEST(QuantiseFast, WorksInPlaceAtEveryLength) {
  const Quantiser q{NumberFormat::integer(4, Signedness::kSigned), {0.3F}, {1}};
  Rng rng(1);
  for (std::size_t length = 0; length < 70; ++length) {
    std::vector<float> values(length);
    for (float& v : values) v = static_cast<float>(rng.normal());
    std::vector<float> expected(length);
    for (std::size_t i = 0; i < length; ++i) expected[i] = q.fake(values[i]);
    fake_quantise(values, q, 0, values);
    EXPECT_EQ(values, expected);
  }
}

TEST(QuantiseFast, TensorUsesOneScaleForEachIndexAlongTheAxis) {
  const std::vector<std::int64_t> dimensions = {2, 3, 4};
  std::vector<float> values(24);
  Rng rng(3);
  for (float& v : values) v = static_cast<float>(rng.normal());
  for (int axis = 0; axis < 3; ++axis) {
    Quantiser q{NumberFormat::integer(6, Signedness::kSigned), {}, {}, axis};
    for (std::int64_t c = 0; c < dimensions[static_cast<std::size_t>(axis)]; ++c) {
      q.scale.push_back(0.01F * static_cast<float>(c + 1));
      q.zero_point.push_back(static_cast<std::int32_t>(c));
    }
    std::vector<float> results(24);
    fake_quantise_tensor(values, dimensions, q, results);
    for (std::size_t i = 0; i < 24; ++i) {
      const std::size_t index[] = {i / 12, i / 4 % 3, i % 4};
      EXPECT_EQ(results[i], q.fake(values[i], index[axis])) << "axis " << axis << " element " << i;
    }
  }
}

TEST(QuantiseFast, RefusesAnOutputTypeThatCannotHoldTheFormat) {
  const Quantiser q{NumberFormat::integer(8, Signedness::kUnsigned), {1.0F}, {0}};
  const std::vector<float> values(4);
  std::vector<std::int8_t> codes(4);
  EXPECT_THROW(quantise(values, q, 0, std::span<std::int8_t>(codes)), CheckFailure);
}

}  // namespace
}  // namespace roofscape
