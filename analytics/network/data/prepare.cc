// Raw values to network input: (raw·scale − mean)/std, computed in double and rounded once.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "analytics/network/dataset.h"

namespace roofscape {
namespace {

double of_channel(const std::vector<double>& values, std::size_t channel, double absent) {
  if (values.empty()) return absent;
  return values[values.size() == 1 ? 0 : channel];
}

// The truth for one value.
float prepared(double raw, const Preparation& preparation, std::size_t channel) {
  const double mean = of_channel(preparation.mean, channel, 0);
  const double std = of_channel(preparation.std, channel, 1);
  return static_cast<float>((raw * preparation.scale - mean) / std);
}

// A byte has 256 values: one table a channel, and preparing is looking up.
using Table = std::array<float, 256>;
Table table_of(const Preparation& preparation, std::size_t channel) {
  Table table;
  for (std::size_t raw = 0; raw < table.size(); ++raw) {
    table[raw] = prepared(static_cast<double>(raw), preparation, channel);
  }
  return table;
}

Status check_counts(const char* what, const std::vector<double>& values, std::int64_t channels) {
  if (values.size() > 1 && static_cast<std::int64_t>(values.size()) != channels) {
    return invalid_argument("{} has {} values; give 1, or {} (one a channel)", what, values.size(), channels).at(what);
  }
  for (const double value : values) {
    if (!std::isfinite(value)) return invalid_argument("{} is {}; use finite numbers", what, value).at(what);
  }
  return {};
}

}  // namespace

bool Preparation::is_identity() const {
  const auto all = [](const std::vector<double>& values, double wanted) {
    return std::all_of(values.begin(), values.end(), [wanted](double value) { return value == wanted; });
  };
  return scale == 1 && all(mean, 0) && all(std, 1);
}

Status Preparation::validate(std::int64_t channels) const {
  if (!std::isfinite(scale)) return invalid_argument("scale is {}; use a finite number", scale).at("scale");
  RS_TRY(check_counts("mean", mean, channels));
  RS_TRY(check_counts("std", std, channels));
  if (std::find(std.begin(), std.end(), 0.0) != std.end()) {
    return invalid_argument("std holds 0; use numbers other than 0").at("std");
  }
  return {};
}

void Preparation::hash_into(Hasher& hasher) const {
  hasher.add("preparation").add(scale);
  hasher.add_range(std::span<const double>(mean)).add_range(std::span<const double>(std));
}

void prepare_images(const Dataset& dataset, const Preparation& preparation, ImageRange range, std::span<float> out) {
  RS_CHECK(range.first >= 0 && range.count >= 0 && range.first <= dataset.count - range.count);
  if (range.count == 0) return;
  const std::size_t channels = dataset.image_shape.empty() ? 1 : static_cast<std::size_t>(dataset.image_shape[0]);
  const std::size_t value_bytes = dataset.element == Dataset::Element::kUint8 ? 1 : sizeof(float);
  const std::size_t elements = dataset.raw.size() / value_bytes / static_cast<std::size_t>(dataset.count);
  RS_CHECK(out.size() == elements * static_cast<std::size_t>(range.count));
  RS_CHECK(preparation.validate(static_cast<std::int64_t>(channels)).ok());
  const std::byte* raw = dataset.raw.data() + static_cast<std::size_t>(range.first) * elements * value_bytes;
  if (value_bytes != 1 && preparation.is_identity()) {
    std::memcpy(out.data(), raw, out.size_bytes());
    return;
  }
  const std::size_t plane = elements / channels;
  const bool shared = preparation.mean.size() <= 1 && preparation.std.size() <= 1;
  // Channels that share one preparation are one run of values.
  const std::size_t runs = shared ? 1 : channels;
  const std::size_t run = shared ? elements : plane;
  for (std::size_t channel = 0; channel < runs; ++channel) {
    const Table table = value_bytes == 1 ? table_of(preparation, channel) : Table{};
    for (std::int64_t image = 0; image < range.count; ++image) {
      const std::size_t first = static_cast<std::size_t>(image) * elements + channel * run;
      float* to = out.data() + first;
      if (value_bytes == 1) {
        for (std::size_t i = 0; i < run; ++i) to[i] = table[std::to_integer<std::size_t>(raw[first + i])];
        continue;
      }
      for (std::size_t i = 0; i < run; ++i) {
        float value = 0;
        std::memcpy(&value, raw + (first + i) * sizeof(float), sizeof(float));
        to[i] = prepared(value, preparation, channel);
      }
    }
  }
}

}  // namespace roofscape
