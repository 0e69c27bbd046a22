#include "analytics/arith/element.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "analytics/arith/quantise_fast.h"
#include "analytics/base/rng.h"
#include "analytics/base/status_matchers.h"

namespace roofscape {
namespace {

NumberFormat format_of(const std::string& name) { return NumberFormat::parse(name).value(); }

// Every element of a format of few bits, ascending, from its codes.
std::vector<float> elements(const NumberFormat& format) {
  std::vector<float> all;
  for (std::uint32_t code = 0; code < (1U << format.bits()); ++code) {
    const float element = element_of_bits(code, format);
    if (format.is_integer() || std::abs(element) <= largest_element(format)) all.push_back(element + 0.0F);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<NumberFormat> small_formats() {
  std::vector<NumberFormat> all;
  for (int exponent = 1; exponent <= 5; ++exponent) {
    for (int mantissa = 0; mantissa <= 4; ++mantissa) {
      all.push_back(NumberFormat::finite(exponent, mantissa));
      if (exponent > 1) all.push_back(NumberFormat::minifloat(exponent, mantissa));
    }
  }
  for (const auto base : {NumberFormat::Base::kTwo, NumberFormat::Base::kRootTwo}) {
    for (int bits = 1; bits <= 5; ++bits) {
      all.push_back(NumberFormat::logarithmic(bits, base, Signedness::kUnsigned));
      all.push_back(NumberFormat::logarithmic(bits + 1, base));
    }
  }
  for (int bits = 2; bits <= 6; ++bits) all.push_back(NumberFormat::integer(bits, Signedness::kSigned));
  return all;
}

TEST(Element, PublishedFormatsHaveTheirPublishedValues) {
  EXPECT_EQ(elements(format_of("fp4")),
            (std::vector<float>{-6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 6}));
  EXPECT_EQ(largest_element(format_of("fp8_e4m3")), 448);
  EXPECT_EQ(smallest_element(format_of("fp8_e4m3")), 0x1p-9F);
  EXPECT_EQ(largest_element(format_of("fp8_e5m2")), 57344);
  EXPECT_EQ(largest_element(format_of("e4m3")), 240);
  EXPECT_EQ(largest_element(format_of("fp6_e3m2")), 28);
  EXPECT_EQ(largest_element(format_of("fp6_e2m3")), 7.5);
  EXPECT_EQ(largest_element(format_of("fp16")), 65504);
  EXPECT_EQ(smallest_element(format_of("fp16")), 0x1p-24F);
  EXPECT_EQ(elements(format_of("log3")), (std::vector<float>{-1, -0.5, -0.25, 0, 0.25, 0.5, 1}));
  EXPECT_EQ(smallest_element(format_of("log4r2")), 0.125F);
  EXPECT_EQ(elements(format_of("ulog1")), (std::vector<float>{0, 1}));
}

TEST(Element, RoundingFindsTheNearestElementOfAll) {
  Rng rng(1);
  for (const NumberFormat& format : small_formats()) {
    const std::vector<float> all = elements(format);
    ASSERT_EQ(all.back(), largest_element(format)) << format.name();
    for (int i = 0; i < 500; ++i) {
      const auto x = static_cast<float>(rng.normal() * all.back() * std::exp2(-8 * rng.uniform()));
      const float rounded = round_to_element(x, format);
      ASSERT_TRUE(std::binary_search(all.begin(), all.end(), rounded)) << format.name() << " " << x;
      double least = std::numeric_limits<double>::infinity();
      for (const float element : all) least = std::min(least, std::abs(static_cast<double>(element) - x));
      ASSERT_EQ(std::abs(static_cast<double>(rounded) - x), least) << format.name() << " " << x;
    }
  }
}

TEST(Element, RoundingIsIdempotentAndMonotone) {
  Rng rng(2);
  for (const NumberFormat& format : small_formats()) {
    std::vector<float> values;
    for (int i = 0; i < 500; ++i)
      values.push_back(static_cast<float>(rng.normal() * largest_element(format) * std::exp2(-8 * rng.uniform())));
    std::sort(values.begin(), values.end());
    float before = -std::numeric_limits<float>::infinity();
    for (const float x : values) {
      const float rounded = round_to_element(x, format);
      EXPECT_EQ(round_to_element(rounded, format), rounded) << format.name();
      EXPECT_GE(rounded, before) << format.name();
      before = rounded;
    }
  }
}

TEST(Element, BitsRoundTrip) {
  Rng rng(3);
  std::vector<NumberFormat> formats = small_formats();
  for (const char* name : {"fp16", "bf16", "e4m3fn", "e5m2", "int16", "uint12", "int32", "bipolar", "log8", "fp32"})
    formats.push_back(format_of(name));
  for (const NumberFormat& format : formats) {
    for (int i = 0; i < 300; ++i) {
      const float element =
          round_to_element(static_cast<float>(rng.normal() * std::min(largest_element(format), 1e6F)), format);
      const std::uint32_t bits = element_bits(element, format);
      if (format.bits() < 32) {
        ASSERT_LT(bits, 1U << format.bits()) << format.name();
      }
      ASSERT_EQ(element_of_bits(bits, format), element) << format.name() << " " << element;
    }
  }
}

TEST(Element, TiesGoToEvenForFloatsAndToTheLargerPower) {
  EXPECT_EQ(round_to_element(2.5F, format_of("fp4")), 2);
  EXPECT_EQ(round_to_element(5.0F, format_of("fp4")), 4);
  EXPECT_EQ(round_to_element(0.75F, format_of("log4")), 1);
  EXPECT_EQ(round_to_element(-0.75F, format_of("log4")), -1);
  EXPECT_EQ(round_to_element(0.74F, format_of("log4")), 0.5F);
  EXPECT_EQ(round_to_element(-0.0F, format_of("bipolar")), 1);
  EXPECT_FALSE(std::signbit(round_to_element(-0.1F, format_of("fp4"))));
}

// The vector path of quantise_fast.h against the scalar truth, on random bit patterns and borders.
TEST(Element, TheFastPathGivesTheSameBits) {
  Rng rng(4);
  std::vector<NumberFormat> formats = small_formats();
  for (const char* name : {"fp16", "bf16", "e8m3", "e4m3fn", "e5m2", "log8", "ulog7r2", "log8r2", "e7m22fn", "fp32"})
    formats.push_back(format_of(name));
  for (const NumberFormat& format : formats) {
    if (format.is_integer()) continue;
    for (const float scale : {1.0F, 0.37F, 0x1p-20F, 3e30F, 1e-40F}) {
      const Quantiser q{format, {scale}, {0}};
      std::vector<float> values = {
          0.0F, -0.0F, 1e38F, -1e38F, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()};
      for (int i = 0; i < 400; ++i) {
        const float edge = round_to_element(static_cast<float>(rng.normal()), format) * scale * 1.5F;
        values.insert(values.end(), {edge, std::nextafter(edge, 1e38F), std::nextafter(edge, -1e38F)});
        values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(rng.next())));
        values.push_back(static_cast<float>(rng.normal() * scale * std::exp2(-10 * rng.uniform())));
      }
      if (format.is_fp32()) values.resize(5);  // NaN stays NaN
      for (const QuantisePath path : {QuantisePath::kBest, QuantisePath::kPortable}) {
        std::vector<float> results(values.size());
        fake_quantise(values, q, 0, results, path);
        for (std::size_t i = 0; i < values.size(); ++i)
          ASSERT_EQ(std::bit_cast<std::uint32_t>(results[i]), std::bit_cast<std::uint32_t>(q.fake(values[i])))
              << format.name() << " scale " << scale << " x " << values[i] << ": " << results[i] << " "
              << q.fake(values[i]);
      }
    }
  }
}

}  // namespace
}  // namespace roofscape
