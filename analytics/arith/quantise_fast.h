// Quantising many values at once: equal bit for bit to Quantiser::quantise, dequantise and fake, several times faster.
//
//   quantise(values, quantiser, /*channel=*/0, codes);                 // codes: int8, uint8, int16 or int32
//   fake_quantise(values, quantiser, /*channel=*/0, values);           // in place
//   fake_quantise_tensor(weights, {16, 3, 3, 3}, quantiser, weights);  // one channel after another along its axis
//
// Integers of at most 16 bits, floats and logarithmic formats take vector instructions (AVX2 where the machine has it,
// else what the compiler's baseline gives); wider integers, other ways of rounding and blocks take the scalar truth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "analytics/arith/quantiser.h"

namespace roofscape {

// Which implementation runs; kBest picks the fastest that the machine has. The others are for tests: forcing one that
// the machine lacks falls back to kPortable.
enum class QuantisePath : std::uint8_t { kBest, kAvx2, kPortable, kScalar };
// The one that kBest means here: "avx2" or "portable".
std::string_view best_quantise_path();

// codes[i] = quantiser.quantise(values[i], channel). The output's type must hold every code of the format; spans are
// of equal size.
void quantise(std::span<const float> values, const Quantiser& quantiser, std::size_t channel,
              std::span<std::int8_t> codes, QuantisePath path = QuantisePath::kBest);
void quantise(std::span<const float> values, const Quantiser& quantiser, std::size_t channel,
              std::span<std::uint8_t> codes, QuantisePath path = QuantisePath::kBest);
void quantise(std::span<const float> values, const Quantiser& quantiser, std::size_t channel,
              std::span<std::int16_t> codes, QuantisePath path = QuantisePath::kBest);
void quantise(std::span<const float> values, const Quantiser& quantiser, std::size_t channel,
              std::span<std::int32_t> codes, QuantisePath path = QuantisePath::kBest);

// results[i] = quantiser.dequantise(codes[i], channel).
void dequantise(std::span<const std::int8_t> codes, const Quantiser& quantiser, std::size_t channel,
                std::span<float> results);
void dequantise(std::span<const std::uint8_t> codes, const Quantiser& quantiser, std::size_t channel,
                std::span<float> results);

// results[i] = quantiser.fake(values[i], channel); `results` may be `values` itself. Not for formats in blocks.
void fake_quantise(std::span<const float> values, const Quantiser& quantiser, std::size_t channel,
                   std::span<float> results, QuantisePath path = QuantisePath::kBest);

// The same over a whole row-major tensor of `dimensions` (or several after one another), each index along the
// quantiser's axis with its own scale; formats in blocks by quantise_blocks.
void fake_quantise_tensor(std::span<const float> values, std::span<const std::int64_t> dimensions,
                          const Quantiser& quantiser, std::span<float> results,
                          QuantisePath path = QuantisePath::kBest);

}  // namespace roofscape
