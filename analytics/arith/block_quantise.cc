#include "analytics/arith/block_quantise.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytics/arith/element.h"
#include "analytics/base/status.h"

namespace roofscape {
namespace {

constexpr int kMostShared = 127;

// A tensor seen along one axis: outer × length × inner.
struct View {
  std::int64_t outer = 1, length = 1, inner = 1;
};

View view_along(std::span<const std::int64_t> dimensions, int axis) {
  RS_CHECK(axis >= 0 && static_cast<std::size_t>(axis) < dimensions.size());
  View view;
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    auto& part = static_cast<int>(i) < axis ? view.outer : static_cast<int>(i) == axis ? view.length : view.inner;
    part *= dimensions[i];
  }
  return view;
}

// Values that are not finite, or that the format cannot hold at all, do not set a block's exponent.
float magnitude_of(float x, const NumberFormat& element) {
  return std::isfinite(x) && (x >= 0 || element.is_signed()) ? std::abs(x) : 0.0F;
}

void quantise_block(const float* in, std::int64_t count, std::int64_t stride, const NumberFormat& format,
                    const NumberFormat& element, float* out) {
  float largest = 0;
  for (std::int64_t i = 0; i < count; ++i) largest = std::max(largest, magnitude_of(in[i * stride], element));
  const float scale = std::ldexp(1.0F, shared_exponent(largest, format));
  for (std::int64_t i = 0; i < count; ++i) {
    const float rounded = scale * round_to_element(in[i * stride] / scale, element);
    constexpr float kMost = std::numeric_limits<float>::max();
    out[i * stride] = std::clamp(rounded, -kMost, kMost);
  }
}

}  // namespace

int shared_exponent(float largest, const NumberFormat& format) {
  if (largest == 0) return 0;
  int exponent = std::ilogb(largest);
  if (format.is_logarithmic()) {
    // The magnitude rounds to base^k; the smallest power of two that is not less holds it.
    const double fraction = std::ldexp(static_cast<double>(largest), -exponent);
    const double next = format.base() == NumberFormat::Base::kTwo ? 2.0 : static_cast<double>(std::sqrt(2.0F));
    if (fraction >= (1.0 + next) / 2) ++exponent;
  }
  return std::clamp(exponent - top_exponent(format), -kMostShared, kMostShared);
}

void quantise_blocks(std::span<const float> values, std::span<const std::int64_t> dimensions,
                     const NumberFormat& format, int axis, std::span<float> results) {
  RS_CHECK(format.block() > 0 && values.size() == results.size());
  const View view = view_along(dimensions, axis);
  RS_CHECK(static_cast<std::int64_t>(values.size()) % std::max<std::int64_t>(view.length * view.inner, 1) == 0);
  const NumberFormat element = format.element();
  // Leading axes that the dimensions leave out (a batch) repeat the tensor.
  const std::int64_t plane = view.length * view.inner;
  for (std::int64_t first = 0; first < static_cast<std::int64_t>(values.size()); first += plane) {
    for (std::int64_t begin = 0; begin < view.length; begin += format.block()) {
      const std::int64_t count = std::min<std::int64_t>(format.block(), view.length - begin);
      for (std::int64_t i = 0; i < view.inner; ++i) {
        const std::int64_t offset = first + begin * view.inner + i;
        quantise_block(values.data() + offset, count, view.inner, format, element, results.data() + offset);
      }
    }
  }
}

std::int64_t block_count(std::span<const std::int64_t> dimensions, const NumberFormat& format, int axis) {
  const View view = view_along(dimensions, axis);
  return view.outer * view.inner * ((view.length + format.block() - 1) / format.block());
}

}  // namespace roofscape
