#include "analytics/cost/capacity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace roofscape::cost {
namespace {

using ::testing::IsEmpty;

Memory level(const char* name, double capacity) {
  Memory memory;
  memory.name = name;
  if (capacity > 0) memory.capacity = Bytes(capacity);
  return memory;
}

Memory flash(double capacity) {
  Memory memory = level("flash", capacity);
  memory.weights_only = true;
  return memory;
}

// 264 KiB of SRAM and 2 MiB of flash.
std::vector<Memory> microcontroller() { return {level("SRAM", 270'336), flash(2'097'152)}; }

TEST(Capacity, ActivationsNeverGoToFlash) {
  const std::vector<Memory> memories = microcontroller();
  EXPECT_EQ(fit(memories, {.weights = Bytes(1e5), .peak_activations = Bytes(2e5)}), Fit::kYes);
  EXPECT_THAT(fit_text(memories, {.weights = Bytes(1e5), .peak_activations = Bytes(2e5)}), IsEmpty());
  const Occupancy asked{.weights = Bytes(1e5), .peak_activations = Bytes(1'500'000)};
  EXPECT_EQ(fit(memories, asked), Fit::kNo);
  EXPECT_EQ(fit_text(memories, asked), "needs 1500000 bytes for activations; memory 'SRAM' holds 270336");
}

TEST(Capacity, WeightsMayBeInFlashAndInWhatIsLeftOfTheSram) {
  const std::vector<Memory> memories = microcontroller();
  EXPECT_EQ(fit(memories, {.weights = Bytes(2.2e6), .peak_activations = Bytes(1e5)}), Fit::kYes);
  const Occupancy both{.weights = Bytes(2.3e6), .peak_activations = Bytes(1e5)};
  EXPECT_EQ(fit(memories, both), Fit::kNo);
  EXPECT_EQ(fit_text(memories, both),
            "needs 2400000 bytes for weights and activations; memories 'SRAM' and 'flash' hold 2367488 together");
  const Occupancy resnet50{.weights = Bytes(1.02e8), .peak_activations = Bytes(1e5)};
  EXPECT_EQ(fit_text(memories, resnet50),
            "needs 102000000 bytes for weights; memories 'SRAM' and 'flash' hold 2367488 together");
}

TEST(Capacity, WeightsNeverStayWhereActivationsAlone) {
  std::vector<Memory> memories = {level("on-chip", 1000), level("DRAM", 5000)};
  memories[0].activations_only = true;
  EXPECT_EQ(fit(memories, {.weights = Bytes(5000), .peak_activations = Bytes(1000)}), Fit::kYes);
  EXPECT_EQ(fit(memories, {.weights = Bytes(5500), .peak_activations = Bytes(100)}), Fit::kNo);
  memories[1].capacity.reset();
  EXPECT_EQ(fit(memories, {.weights = Bytes(5500), .peak_activations = Bytes(100)}), Fit::kUnknown);
}

TEST(Capacity, ImagesOfABatchHaveAWorkingSetEach) {
  const std::vector<Memory> memories = {level("DRAM", 1000)};
  EXPECT_EQ(fit(memories, {.weights = Bytes(600), .peak_activations = Bytes(100), .batch = 4}), Fit::kYes);
  const Occupancy more{.weights = Bytes(600), .peak_activations = Bytes(100), .batch = 5};
  EXPECT_EQ(fit(memories, more), Fit::kNo);
  EXPECT_EQ(fit_text(memories, more),
            "needs 1100 bytes for weights and activations of 5 images at once; memory 'DRAM' holds 1000");
}

TEST(Capacity, WithoutAStatedCapacityItIsNotKnown) {
  const std::vector<Memory> host = {level("SRAM", 8e6), level("DRAM", 0)};
  const Occupancy large{.weights = Bytes(1e7), .peak_activations = Bytes(1e5)};
  EXPECT_EQ(fit(host, large), Fit::kUnknown);
  EXPECT_EQ(fit_text(host, large),
            "memory 'DRAM' does not state its capacity; 10100000 bytes of weights and activations need room");
  // What is stated may be enough.
  const Occupancy small{.weights = Bytes(1e6), .peak_activations = Bytes(1e5)};
  EXPECT_EQ(fit(host, small), Fit::kYes);
  EXPECT_EQ(fit_text(host, small), "");
}

TEST(Capacity, WhatIsNotStatedDoesNotMakeTheImpossiblePossible) {
  const std::vector<Memory> memories = {level("SRAM", 270'336), flash(0)};
  EXPECT_EQ(fit(memories, {.weights = Bytes(1e9), .peak_activations = Bytes(1e5)}), Fit::kUnknown);
  const Occupancy asked{.weights = Bytes(1e9), .peak_activations = Bytes(1e6)};
  EXPECT_EQ(fit(memories, asked), Fit::kNo);
  EXPECT_EQ(fit_text(memories, asked), "needs 1000000 bytes for activations; memory 'SRAM' holds 270336");
}

// More room never makes less fit, and the words follow the answer.
TEST(Capacity, MoreRoomIsNeverWorse) {
  for (const double weights : {1e3, 1e6, 1e9})
    for (const double activations : {1e3, 1e6})
      for (const double sram : {1e3, 1e6, 1e9})
        for (const double outer : {0.0, 1e4, 1e7, 1e12}) {
          const Occupancy asked{.weights = Bytes(weights), .peak_activations = Bytes(activations)};
          std::vector<Memory> memories = {level("SRAM", sram), level("DRAM", outer)};
          const Fit before = fit(memories, asked);
          EXPECT_EQ(before == Fit::kYes, fit_text(memories, asked).empty());
          memories[0].capacity = Bytes(sram * 8);
          EXPECT_GE(fit(memories, asked), before);
        }
}

}  // namespace
}  // namespace roofscape::cost
