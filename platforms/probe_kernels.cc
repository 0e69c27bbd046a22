#include "platforms/probe_kernels.h"

#include <array>
#include <cstring>
#include <string_view>

#include "analytics/base/instruction_sets.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace roofscape::platforms {
namespace {

// Enough independent chains to hide the latency of two units of four or five cycles.
constexpr int kChains = 12;

bool always() { return true; }

double portable_fp32(std::int64_t steps) {
  std::array<float, 64> sums{};
  for (std::int64_t step = 0; step < steps; ++step)
    for (float& sum : sums) sum = sum * 0.999F + 0.5F;
  double total = 0;
  for (const float sum : sums) total += static_cast<double>(sum);
  return total;
}

double portable_int16(std::int64_t steps) {
  std::array<std::int16_t, 64> left{}, right{};
  std::array<std::int32_t, 64> sums{};
  left.fill(3);
  right.fill(5);
  for (std::int64_t step = 0; step < steps; ++step) {
    left[static_cast<std::size_t>(step) % left.size()] ^= 1;
    for (std::size_t i = 0; i < sums.size(); ++i)
      sums[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(sums[i]) +
                                          static_cast<std::uint32_t>(left[i] * right[i]));
  }
  double total = 0;
  for (const std::int32_t sum : sums) total += sum;
  return total;
}

std::uint64_t portable_read(const std::uint64_t* words, std::size_t count) {
  std::array<std::uint64_t, 8> sums{};
  for (std::size_t i = 0; i < count; i += sums.size())
    for (std::size_t lane = 0; lane < sums.size(); ++lane) sums[lane] ^= words[i + lane];
  std::uint64_t total = 0;
  for (const std::uint64_t sum : sums) total ^= sum;
  return total;
}

#if defined(__x86_64__)

// Sum of the 32-bit lanes of a vector register.
template <typename Element, typename Vector>
double lane_sum(const Vector& vector) {
  std::array<Element, sizeof(Vector) / sizeof(Element)> lanes;
  std::memcpy(lanes.data(), &vector, sizeof(Vector));
  double total = 0;
  for (const Element lane : lanes) total += static_cast<double>(lane);
  return total;
}

__attribute__((target("avx2,fma"))) double avx2_fp32(std::int64_t steps) {
  __m256 sums[kChains];
  for (int i = 0; i < kChains; ++i) sums[i] = _mm256_set1_ps(static_cast<float>(i));
  const __m256 factor = _mm256_set1_ps(0.999F), addend = _mm256_set1_ps(0.5F);
  for (std::int64_t step = 0; step < steps; ++step)
    for (__m256& sum : sums) sum = _mm256_fmadd_ps(sum, factor, addend);
  double total = 0;
  for (const __m256& sum : sums) total += lane_sum<float>(sum);
  return total;
}

__attribute__((target("avx512f"))) double avx512_fp32(std::int64_t steps) {
  __m512 sums[kChains];
  for (int i = 0; i < kChains; ++i) sums[i] = _mm512_set1_ps(static_cast<float>(i));
  const __m512 factor = _mm512_set1_ps(0.999F), addend = _mm512_set1_ps(0.5F);
  for (std::int64_t step = 0; step < steps; ++step)
    for (__m512& sum : sums) sum = _mm512_fmadd_ps(sum, factor, addend);
  double total = 0;
  for (const __m512& sum : sums) total += lane_sum<float>(sum);
  return total;
}

// The empty statement makes the compiler believe that `left` changes, or it would multiply once and for all.
__attribute__((target("avx2"))) double avx2_int16(std::int64_t steps) {
  __m256i sums[kChains];
  for (__m256i& sum : sums) sum = _mm256_setzero_si256();
  __m256i left = _mm256_set1_epi16(3);
  const __m256i right = _mm256_set1_epi16(5);
  for (std::int64_t step = 0; step < steps; ++step) {
    for (__m256i& sum : sums) {
      asm volatile("" : "+x"(left));
      sum = _mm256_add_epi32(sum, _mm256_madd_epi16(left, right));
    }
  }
  double total = 0;
  for (const __m256i& sum : sums) total += lane_sum<std::int32_t>(sum);
  return total;
}

__attribute__((target("avx512f,avx512bw"))) double avx512_int16(std::int64_t steps) {
  __m512i sums[kChains];
  for (__m512i& sum : sums) sum = _mm512_setzero_si512();
  __m512i left = _mm512_set1_epi16(3);
  const __m512i right = _mm512_set1_epi16(5);
  for (std::int64_t step = 0; step < steps; ++step) {
    for (__m512i& sum : sums) {
      asm volatile("" : "+v"(left));
      sum = _mm512_add_epi32(sum, _mm512_madd_epi16(left, right));
    }
  }
  double total = 0;
  for (const __m512i& sum : sums) total += lane_sum<std::int32_t>(sum);
  return total;
}

__attribute__((target("avx512f,avx512bw,avx512vnni"))) double avx512_int8(std::int64_t steps) {
  __m512i sums[kChains];
  for (__m512i& sum : sums) sum = _mm512_setzero_si512();
  __m512i left = _mm512_set1_epi8(3);
  const __m512i right = _mm512_set1_epi8(5);
  for (std::int64_t step = 0; step < steps; ++step) {
    for (__m512i& sum : sums) {
      asm volatile("" : "+v"(left));
      sum = _mm512_dpbusd_epi32(sum, left, right);
    }
  }
  double total = 0;
  for (const __m512i& sum : sums) total += lane_sum<std::int32_t>(sum);
  return total;
}

__attribute__((target("avx2,avxvnni"))) double avxvnni_int8(std::int64_t steps) {
  __m256i sums[kChains];
  for (__m256i& sum : sums) sum = _mm256_setzero_si256();
  __m256i left = _mm256_set1_epi8(3);
  const __m256i right = _mm256_set1_epi8(5);
  for (std::int64_t step = 0; step < steps; ++step) {
    for (__m256i& sum : sums) {
      asm volatile("" : "+x"(left));
      sum = _mm256_dpbusd_avx_epi32(sum, left, right);
    }
  }
  double total = 0;
  for (const __m256i& sum : sums) total += lane_sum<std::int32_t>(sum);
  return total;
}

__attribute__((target("avx2"))) std::uint64_t avx2_read(const std::uint64_t* words, std::size_t count) {
  __m256i sums[8];
  for (__m256i& sum : sums) sum = _mm256_setzero_si256();
  for (std::size_t i = 0; i < count; i += 32)
    for (std::size_t lane = 0; lane < 8; ++lane)
      sums[lane] =
          _mm256_xor_si256(sums[lane], _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words + i + 4 * lane)));
  std::uint64_t total = 0;
  for (const __m256i& sum : sums) {
    std::array<std::uint64_t, 4> lanes;
    std::memcpy(lanes.data(), &sum, sizeof(sum));
    for (const std::uint64_t lane : lanes) total ^= lane;
  }
  return total;
}

constexpr ComputeKernel kComputeKernels[] = {
    {"fp32", "AVX-512 FMA", has_avx512f, 2.0 * 16 * kChains, avx512_fp32},
    {"fp32", "AVX2 FMA", has_avx2_fma, 2.0 * 8 * kChains, avx2_fp32},
    {"fp32", "portable", always, 2.0 * 64, portable_fp32},
    {"int16", "AVX-512 madd", has_avx512bw, 2.0 * 32 * kChains, avx512_int16},
    {"int16", "AVX2 madd", has_avx2, 2.0 * 16 * kChains, avx2_int16},
    {"int16", "portable", always, 2.0 * 64, portable_int16},
    {"int8", "AVX-512 VNNI", has_avx512_vnni, 2.0 * 64 * kChains, avx512_int8},
    {"int8", "AVX-VNNI", has_avx_vnni, 2.0 * 32 * kChains, avxvnni_int8},
};
constexpr ReadKernel kReadKernels[] = {{"AVX2 loads", has_avx2, avx2_read}, {"portable", always, portable_read}};

#else

constexpr ComputeKernel kComputeKernels[] = {{"fp32", "portable", always, 2.0 * 64, portable_fp32},
                                             {"int16", "portable", always, 2.0 * 64, portable_int16}};
constexpr ReadKernel kReadKernels[] = {{"portable", always, portable_read}};

#endif

}  // namespace

std::span<const ComputeKernel> compute_kernels() { return kComputeKernels; }
std::span<const ReadKernel> read_kernels() { return kReadKernels; }

const ComputeKernel* find_kernel(const char* format) {
  for (const ComputeKernel& kernel : kComputeKernels)
    if (std::string_view(kernel.format) == format && kernel.supported()) return &kernel;
  return nullptr;
}

const ReadKernel& best_read_kernel() {
  for (const ReadKernel& kernel : kReadKernels)
    if (kernel.supported()) return kernel;
  return kReadKernels[std::size(kReadKernels) - 1];
}

}  // namespace roofscape::platforms
