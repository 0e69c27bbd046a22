// Figures of platform files that were once wrong or absent, each as its publication states it.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "analytics/cost/ceilings.h"
#include "analytics/zoo/zoo.h"
#include "platforms/library.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape {
namespace {

const v1::Platform& platform(const std::string& id) {
  for (const v1::Platform& candidate : platforms::built_in_platforms())
    if (candidate.id() == id) return candidate;
  throw std::runtime_error("no platform " + id);
}

// Dense, of two factors in these formats; 0: the file has none.
double peak(const std::string& id, const std::string& weight, const std::string& activation = "") {
  for (const v1::ComputeCeiling& of : platform(id).compute())
    if (of.weight() == weight && of.activation() == activation && of.sparsity().empty() && of.algorithm().empty())
      return of.ops_per_second().value();
  return 0;
}

const v1::MemoryLevel& outermost(const std::string& id) { return platform(id).memory(platform(id).memory_size() - 1); }

// NVIDIA A100 data sheet: TF32 156, bfloat16 312 Tflop/s on tensor cores, without sparsity.
TEST(PlatformFigures, AmpereComputesBfloat16AndTf32OnTensorCores) {
  for (const char* id : {"nvidia-a100", "nvidia-a100-pcie-80gb", "nvidia-a100-sxm-80gb"}) {
    EXPECT_EQ(peak(id, "bf16"), 312e12) << id;
    EXPECT_EQ(peak(id, "e8m10"), 156e12) << id;
  }
  for (const v1::Platform& of : platforms::built_in_platforms()) {
    if (!of.id().starts_with("nvidia-") || peak(of.id(), "bf16") == 0) continue;
    EXPECT_NEAR(peak(of.id(), "bf16") / peak(of.id(), "e8m10"), 2, 0.02) << of.id();
  }
}

// NVIDIA H100 data sheet: "FP8" is E4M3 and E5M2 alike, 1,979 Tflop/s without sparsity on the SXM module.
TEST(PlatformFigures, HopperAndAdaComputeBothFormatsOfEightBits) {
  EXPECT_EQ(peak("nvidia-h100-sxm", "e5m2"), 1979e12);
  for (const v1::Platform& of : platforms::built_in_platforms()) {
    if (!of.id().starts_with("nvidia-")) continue;
    EXPECT_EQ(peak(of.id(), "e5m2"), peak(of.id(), "e4m3fn")) << of.id();
  }
  EXPECT_GT(peak("nvidia-h200", "e5m2"), 0);
  EXPECT_GT(peak("nvidia-l4", "e5m2"), 0);
}

// AMD VCK190: 25.6 GB/s of DDR4-3200 and 76.4 GB/s of LPDDR4; PG389: image banks in the batch handlers.
TEST(PlatformFigures, Vck190HasItsBoardsMemoriesAndBanksOnTheChip) {
  for (const char* id : {"vck190-dpu", "vck190-dpu-96"}) {
    EXPECT_EQ(outermost(id).bandwidth_bytes_per_second().value(), 102e9) << id;
    ASSERT_EQ(platform(id).memory_size(), 2) << id;
    EXPECT_GT(platform(id).memory(0).capacity_bytes().value(), 0) << id;
  }
}

// hsharma35/bitfusion: 192 bit a cycle at 500 MHz. Sharma et al., ISCA 2018: a fusion unit has 16 bricks of 2 × 2 bit;
// halving a factor doubles the products, of either.
TEST(PlatformFigures, BitFusionTakesEveryPairOfWidths) {
  EXPECT_EQ(outermost("bitfusion").bandwidth_bytes_per_second().value(), 192 / 8 * 500e6);
  const std::string formats[] = {"int16", "int8", "int4", "int2"};
  for (int w = 0; w < 4; ++w)
    for (int a = 0; a < 4; ++a)
      EXPECT_DOUBLE_EQ(peak("bitfusion", formats[w], w == a ? "" : formats[a]),
                       peak("bitfusion", "int16") * (1 << (w + a)))
          << formats[w] << " x " << formats[a];
}

// Chen et al., JETCAS 2019: processing elements keep weights and activations compressed and skip zeros of both.
TEST(PlatformFigures, EyerissV2SkipsZerosOfBothFactors) {
  EXPECT_EQ(platform("eyeriss-v2").unstructured_sparsity().lane_count().value(), 192);
  EXPECT_TRUE(platform("eyeriss-v2").has_zero_skipping());
  EXPECT_FALSE(platform("eyeriss-v1").has_unstructured_sparsity());
}

// Umuroglu et al., FINN (2017), and Xilinx/finn-examples: 64, 64, 128, 128, 256, 256 maps, then 512, 512 and 10 rows.
TEST(PlatformFigures, TheCnvOfFinnIsTheOneOfHalfWidth) {
  constexpr std::int64_t kWeights =
      9 * (3 * 64 + 64 * 64 + 64 * 128 + 128 * 128 + 128 * 256 + 256 * 256) + 256 * 512 + 512 * 512 + 512 * 10;
  const auto weights = [](const char* id) {
    const Network network = *zoo::find(id)->build();
    std::int64_t count = 0;
    for (const Layer& layer : network.layers())
      if (layer.has_weight()) count += layer.constants[0]->size();
    return count;
  };
  EXPECT_EQ(weights("cnv-50"), kWeights);
  EXPECT_EQ(zoo::find("finn-cnv"), zoo::find("cnv-50"));
  EXPECT_GT(weights("cnv-100"), 3 * kWeights);
}

}  // namespace
}  // namespace roofscape
