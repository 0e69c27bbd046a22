#include "analytics/network/packed/weight_matrix.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "analytics/arith/block_quantise.h"
#include "analytics/arith/element.h"

namespace roofscape::packed {
namespace {

constexpr int kExponentBias = 127;
constexpr float kLargest = std::numeric_limits<float>::max();

std::uint32_t mask(int bits) { return bits >= 32 ? ~std::uint32_t{0} : (std::uint32_t{1} << bits) - 1; }

// Codes are found by rounding to the nearest, whatever way of rounding made the values: they lie on the grid.
std::int64_t nearest_code(float value, const Quantiser& quantiser, std::size_t channel) {
  const float steps = std::isnan(value) ? 0.0F : value / quantiser.scale_of(value < 0, channel);
  const double code = static_cast<double>(std::nearbyint(steps)) + quantiser.zero_point[channel];
  const NumberFormat& format = quantiser.format;
  return static_cast<std::int64_t>(
      std::clamp(code, static_cast<double>(format.lowest()), static_cast<double>(format.highest())));
}

}  // namespace

MatrixShape matrix_shape(const Shape& shape, bool stacked) {
  const std::int64_t size = element_count(shape);
  const std::int64_t matrix_rows = shape.empty() ? 1 : stacked && shape.size() > 2 ? shape[1] : shape[0];
  const std::int64_t rows = stacked && shape.size() > 2 ? shape[0] * matrix_rows : matrix_rows;
  std::int64_t taps = 1;
  for (std::size_t axis = 2; axis < shape.size() && !stacked; ++axis) taps *= shape[axis];
  return {rows, rows == 0 ? 0 : size / rows, matrix_rows, taps};
}

ElementCode::ElementCode(const Quantiser* quantiser, const Shape& shape)
    : quantiser_(quantiser), format_(quantiser ? quantiser->format : NumberFormat::fp32()), shape_(shape) {
  element_ = format_.element();
  if (quantiser == nullptr || quantiser->axis == Quantiser::kPerTensor) return;
  const auto axis = static_cast<std::size_t>(quantiser->axis);
  length_ = shape[axis];
  for (std::size_t i = axis + 1; i < shape.size(); ++i) inner_ *= shape[i];
}

Status ElementCode::check(const Quantiser* quantiser, const Shape& shape) {
  if (quantiser == nullptr || quantiser->axis == Quantiser::kPerTensor) return {};
  const auto axis = static_cast<std::size_t>(quantiser->axis);
  if (axis >= shape.size())
    return invalid_argument("the weight quantiser's axis is {}; weights {} have {} axes", axis, to_string(shape),
                            shape.size());
  if (quantiser->per_channel() && static_cast<std::int64_t>(quantiser->scale.size()) != shape[axis])
    return invalid_argument("the weight quantiser has {} scales; axis {} of weights {} has {}", quantiser->scale.size(),
                            axis, to_string(shape), shape[axis]);
  return {};
}

std::size_t ElementCode::channel(std::int64_t place) const {
  return quantiser_->per_channel() ? static_cast<std::size_t>(place / inner_ % length_) : 0;
}

std::size_t ElementCode::block_of(std::int64_t place) const {
  const std::int64_t blocks = (length_ + format_.block() - 1) / format_.block();
  const std::int64_t outer = place / (length_ * inner_);
  return static_cast<std::size_t>((outer * blocks + place / inner_ % length_ / format_.block()) * inner_ +
                                  place % inner_);
}

float ElementCode::block_scale(std::int64_t place, std::span<const std::uint8_t> exponents) const {
  return std::ldexp(1.0F, exponents[block_of(place)] - kExponentBias);
}

std::int64_t ElementCode::shared_exponent_count() const {
  return format_.block() == 0 ? 0 : block_count(shape_, format_, quantiser_->axis);
}

std::vector<std::uint8_t> ElementCode::shared_exponents(std::span<const float> values) const {
  if (format_.block() == 0) return {};
  std::vector<float> largest(static_cast<std::size_t>(shared_exponent_count()), 0.0F);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i]) || (values[i] < 0 && !element_.is_signed())) continue;
    float& most = largest[block_of(static_cast<std::int64_t>(i))];
    most = std::max(most, std::abs(values[i]));
  }
  std::vector<std::uint8_t> exponents(largest.size());
  std::transform(largest.begin(), largest.end(), exponents.begin(),
                 [&](float most) { return static_cast<std::uint8_t>(shared_exponent(most, format_) + kExponentBias); });
  return exponents;
}

std::uint32_t ElementCode::code(float value, std::int64_t place, std::span<const std::uint8_t> exponents) const {
  if (format_.is_fp32()) return value == 0 ? 0 : std::bit_cast<std::uint32_t>(value);
  if (format_.block() == 0 && format_.is_integer()) {
    if (format_.is_bipolar()) return value / quantiser_->scale[channel(place)] >= 0 ? 1 : 0;
    return static_cast<std::uint32_t>(nearest_code(value, *quantiser_, channel(place))) & mask(format_.bits());
  }
  const float scale = format_.block() != 0 ? block_scale(place, exponents) : quantiser_->scale[channel(place)];
  const float element = round_to_element(value / scale, element_);
  return element_bits(element == 0 ? 0.0F : element, element_);
}

float ElementCode::value(std::uint32_t code, std::int64_t place, std::span<const std::uint8_t> exponents) const {
  if (format_.is_fp32()) return std::bit_cast<float>(code);
  if (format_.block() == 0 && format_.is_integer()) {
    auto whole = static_cast<std::int64_t>(code);
    if (format_.is_bipolar()) {
      whole = code != 0 ? 1 : -1;
    } else if (format_.is_signed() && (code >> (format_.bits() - 1)) != 0) {
      whole -= std::int64_t{1} << format_.bits();
    }
    return quantiser_->dequantise(static_cast<std::int32_t>(whole), channel(place));
  }
  const float scale = format_.block() != 0 ? block_scale(place, exponents) : quantiser_->scale[channel(place)];
  const float value = std::clamp(scale * element_of_bits(code, element_), -kLargest, kLargest);
  return value == 0 ? 0.0F : value;
}

WeightMatrix::WeightMatrix(const Tensor& tensor, const Quantiser* quantiser, bool stacked)
    : shape_(matrix_shape(tensor.shape(), stacked)), element_(quantiser, tensor.shape()), tensor_(tensor) {}

const std::shared_ptr<const std::vector<std::uint32_t>>& WeightMatrix::nonzero() const {
  if (!nonzero_) {
    auto places = std::make_shared<std::vector<std::uint32_t>>();
    const std::span<const float> all = values();
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all[i] != 0) places->push_back(static_cast<std::uint32_t>(i));
    nonzero_ = std::move(places);
  }
  return nonzero_;
}

const std::vector<std::uint8_t>& WeightMatrix::shared_exponents() const {
  if (!exponents_) exponents_ = element_.shared_exponents(values());
  return *exponents_;
}

const std::vector<std::uint32_t>& WeightMatrix::codes() const {
  if (!codes_) {
    const std::vector<std::uint8_t>& exponents = shared_exponents();
    const std::span<const float> all = values();
    std::vector<std::uint32_t> codes(all.size());
    for (std::size_t i = 0; i < all.size(); ++i)
      codes[i] = element_.code(all[i], static_cast<std::int64_t>(i), exponents);
    codes_ = std::move(codes);
  }
  return *codes_;
}

}  // namespace roofscape::packed
