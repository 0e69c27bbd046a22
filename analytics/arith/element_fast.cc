#include "analytics/arith/element_fast.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "analytics/arith/element.h"
#include "analytics/base/instruction_sets.h"
#include "analytics/base/status.h"

namespace roofscape {
namespace {

constexpr int kFloatMantissa = 23;
constexpr std::uint32_t kSignBit = 0x80000000;
constexpr std::uint32_t kMantissaMask = 0x007fffff;
constexpr std::uint32_t kExponentOne = 0x00800000;
constexpr float kMost = std::numeric_limits<float>::max();

inline std::uint32_t bits_of(float x) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &x, sizeof(bits));
  return bits;
}
inline float float_of(std::uint32_t bits) {
  float x = 0;
  std::memcpy(&x, &bits, sizeof(x));
  return x;
}

// A float format: above its smallest normal number mantissas are cut to m bits, below it steps are all equal.
struct FloatGrid {
  float scale, largest, magic;
  std::uint32_t smallest_normal, shift, half, odd, keep;
};

FloatGrid float_grid(const NumberFormat& format, float scale) {
  const int least_exponent = 2 - (1 << (format.exponent_bits() - 1));
  FloatGrid grid{};
  grid.scale = scale;
  grid.largest = largest_element(format);
  grid.smallest_normal = bits_of(std::ldexp(1.0F, least_exponent));
  // Adding and subtracting 1.5·2^23 steps leaves a whole number of steps, ties to even.
  grid.magic = std::ldexp(1.5F, kFloatMantissa + least_exponent - format.mantissa_bits());
  grid.shift = static_cast<std::uint32_t>(kFloatMantissa - format.mantissa_bits());
  const bool has_mantissa = format.mantissa_bits() > 0;
  grid.half = grid.shift == 0 ? 0 : (1U << (grid.shift - 1)) - (has_mantissa ? 1 : 0);
  grid.odd = grid.shift == 0 || !has_mantissa ? 0 : 1;
  grid.keep = ~((1U << grid.shift) - 1);
  return grid;
}

inline float fake_one(float x, const FloatGrid& grid) {
  const float number = x == x ? x : 0.0F;
  const float steps = std::min(std::max(number / grid.scale, -grid.largest), grid.largest);
  const std::uint32_t sign = bits_of(steps) & kSignBit;
  const std::uint32_t magnitude = bits_of(steps) & ~kSignBit;
  const std::uint32_t normal = (magnitude + grid.half + ((magnitude >> grid.shift) & grid.odd)) & grid.keep;
  const std::uint32_t small = bits_of((float_of(magnitude) + grid.magic) - grid.magic);
  const float rounded = float_of((magnitude < grid.smallest_normal ? small : normal) | sign) + 0.0F;
  return std::min(std::max(grid.scale * rounded, -kMost), kMost);
}

// Powers of 2 or √2: the mantissa is compared with the middle between neighbouring powers.
struct PowerGrid {
  float scale, lowest, smallest;
  std::uint32_t half_smallest, to_root, to_next, root;
};

// Mantissa bits of the smallest float that is not less than `fraction`, in [1, 2].
std::uint32_t first_mantissa(double fraction) {
  float nearest = static_cast<float>(fraction);
  if (static_cast<double>(nearest) < fraction) nearest = std::nextafter(nearest, 2.0F);
  return bits_of(nearest) - bits_of(1.0F);
}

PowerGrid power_grid(const NumberFormat& format, float scale) {
  PowerGrid grid{};
  grid.scale = scale;
  grid.lowest = format.is_signed() ? -1.0F : 0.0F;
  grid.smallest = smallest_element(format);
  grid.half_smallest = bits_of(grid.smallest / 2);
  const double root = static_cast<float>(std::sqrt(2.0));
  const bool two = format.base() == NumberFormat::Base::kTwo;
  grid.to_root = two ? kMantissaMask + 1 : first_mantissa((1 + root) / 2);
  grid.to_next = first_mantissa(two ? 1.5 : (root + 2) / 2);
  grid.root = bits_of(static_cast<float>(root)) & kMantissaMask;
  return grid;
}

inline float fake_one(float x, const PowerGrid& grid) {
  const float number = x == x ? x : 0.0F;
  const float steps = std::min(std::max(number / grid.scale, grid.lowest), 1.0F);
  const std::uint32_t sign = bits_of(steps) & kSignBit;
  const std::uint32_t magnitude = bits_of(steps) & ~kSignBit;
  const std::uint32_t mantissa = magnitude & kMantissaMask;
  const std::uint32_t exponent = magnitude & ~kMantissaMask;
  const std::uint32_t low = mantissa < grid.to_root ? exponent : exponent | grid.root;
  const std::uint32_t power = mantissa < grid.to_next ? low : exponent + kExponentOne;
  const std::uint32_t least = bits_of(grid.smallest);
  const std::uint32_t held = power < least ? least : power;
  const float rounded = float_of((magnitude < grid.half_smallest ? 0 : held) | sign) + 0.0F;
  return std::min(std::max(grid.scale * rounded, -kMost), kMost);
}

template <typename Grid>
__attribute__((always_inline)) inline void fake_all(const float* values, std::size_t count, const Grid& grid,
                                                    float* results) {
  for (std::size_t i = 0; i < count; ++i) results[i] = fake_one(values[i], grid);
}

template <typename Grid>
void fake_portable(const float* values, std::size_t count, const Grid& grid, float* results) {
  fake_all(values, count, grid, results);
}

#if defined(__x86_64__)
template <typename Grid>
__attribute__((target("avx2"))) void fake_avx2(const float* values, std::size_t count, const Grid& grid,
                                               float* results) {
  fake_all(values, count, grid, results);
}
#else
template <typename Grid>
void fake_avx2(const float* values, std::size_t count, const Grid& grid, float* results) {
  fake_portable(values, count, grid, results);
}
#endif

template <typename Grid>
void fake_any(std::span<const float> values, const Grid& grid, std::span<float> results, bool wide_vectors) {
  const auto fake = wide_vectors && has_avx2() ? fake_avx2<Grid> : fake_portable<Grid>;
  fake(values.data(), values.size(), grid, results.data());
}

}  // namespace

void fake_elements(std::span<const float> values, const NumberFormat& format, float scale, std::span<float> results,
                   bool wide_vectors) {
  if (format.is_fp32()) {
    std::copy(values.begin(), values.end(), results.begin());
  } else if (format.is_logarithmic()) {
    fake_any(values, power_grid(format, scale), results, wide_vectors);
  } else {
    fake_any(values, float_grid(format, scale), results, wide_vectors);
  }
}

}  // namespace roofscape
