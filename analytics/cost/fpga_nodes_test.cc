#include "analytics/cost/fpga_nodes.h"

#include <gtest/gtest.h>

namespace roofscape::cost {
namespace {

WindowNode square(double channels, double in, double kernel, double stride = 1, bool depthwise = false) {
  WindowNode window;
  window.channels = channels;
  window.rows_in = window.columns_in = in;
  window.kernel_rows = window.kernel_columns = kernel;
  window.stride_rows = window.stride_columns = stride;
  window.rows_out = window.columns_out = static_cast<double>(static_cast<int>((in - kernel) / stride) + 1);
  window.depthwise = depthwise;
  return window;
}

// The node that sets the interval of each of six designs measured on boards, as FINN's own estimate counts it.
TEST(Nodes, SetThePaceOfTheDesignsThatWereMeasured) {
  EXPECT_EQ(transfer_cycles(784), 98);                                              // TFC-W1A1: the input
  EXPECT_EQ(matrix_unit_cycles(256, 512, 1, 4, 1), 32768);                          // CNV-W1A1: the first dense layer
  EXPECT_EQ(matrix_unit_cycles(256, 490, 32, 10, 1), 392);                          // keyword spotting W3A3
  EXPECT_EQ(padding_cycles(32, 8, 256 + 2), 1032);                                  // VGG10 W4A4
  EXPECT_EQ(window_cycles(square(3, 225, 3, 2), 3, WindowStyle::kSerial), 113349);  // MobileNet-v1 W4A4
  EXPECT_EQ(matrix_unit_cycles(64, 576, 32, 64, 56 * 56), 56448);                   // ResNet-50 W1A2
}

TEST(Window, LeavesPixelByPixelOrReadsItsRowsWhicheverIsLonger) {
  // 126 words fill the first window of 3 × 3 over 32 columns in two groups; 30 rows of 30 windows follow.
  EXPECT_EQ(window_cycles(square(64, 32, 3), 32, WindowStyle::kSerial), (2 * 32 + 3) * 2 + 30 * 30 * 9 * 2);
  // A stride of 4 leaves few windows: reading 4 rows takes longer than writing one of 8 · 9.
  EXPECT_EQ(window_cycles(square(1, 32, 3, 4), 1, WindowStyle::kSerial), 2 * 32 + 3 + 8 * 4 * 32);
  EXPECT_EQ(window_cycles(square(64, 32, 3), 64, WindowStyle::kParallel), 32 * 32 + 2);
  EXPECT_EQ(window_cycles(square(64, 32, 1, 2), 16, WindowStyle::kSerial), 32 * 32 * 4 + 2);
}

TEST(Window, StridesOfDepthwiseLayersCostMore) {
  const double plain = window_cycles(square(64, 114, 3, 2), 16, WindowStyle::kSerial);
  const double depthwise = window_cycles(square(64, 114, 3, 2, true), 16, WindowStyle::kSerial);
  // 56 rows of 56 windows, one column more in three of four groups; and one row more to read at the end.
  EXPECT_EQ(depthwise - plain, 56 * 56 * 3 + 114 * 4);
  EXPECT_EQ(window_cycles(square(64, 114, 3, 1, true), 16, WindowStyle::kSerial),
            window_cycles(square(64, 114, 3), 16, WindowStyle::kSerial));
}

TEST(Window, OfOneRowHasAFormOfItsOwn) {
  WindowNode window;
  window.channels = 64;
  window.columns_in = 1026;
  window.columns_out = 1024;
  window.kernel_columns = 3;
  EXPECT_EQ(window_cycles(window, 64, WindowStyle::kSerial), 3074);
  EXPECT_EQ(window_cycles(window, 64, WindowStyle::kParallel), 1028);
}

TEST(Nodes, WithoutWeightsTakeTheirChannelsInTurn) {
  EXPECT_EQ(channelwise_cycles(64, 16, 100), 400);
  EXPECT_EQ(pool_cycles(64, 9, 64, 56 * 56), 9 * 56 * 56);
  EXPECT_EQ(max_pool_cycles(square(64, 28, 2, 2), 64), 28 * 28 * 1.25);
  EXPECT_EQ(global_pool_cycles(1024, 4, 49), 256 * 50);
}

TEST(Nodes, LookUpTablesAreThoseOfFinn) {
  EXPECT_EQ(window_buffer_lut(32, 126), 32 * 4);
  EXPECT_EQ(fifo_lut(8, 256), 2 * 8 + 8 * 4);
}

TEST(BlockMemories, GoByWidthAndByPowersOfTwo) {
  EXPECT_EQ(block_memories(1, 16384), 1);
  EXPECT_EQ(block_memories(1, 16385), 2);
  EXPECT_EQ(block_memories(2, 8192), 1);
  EXPECT_EQ(block_memories(8, 2048), 1);
  EXPECT_EQ(block_memories(8, 2049), 2);
  EXPECT_EQ(block_memories(18, 1024), 1);
  EXPECT_EQ(block_memories(36, 512), 1);
  EXPECT_EQ(block_memories(72, 512), 2);
  EXPECT_EQ(block_memories(72, 513), 4);
  EXPECT_EQ(ultra_memories(72, 4096), 1);
  EXPECT_EQ(ultra_memories(73, 4097), 4);
}

// Published foldings, 1 bit and 3 bits a weight; weights of at most 64 words lie in look-up tables.
TEST(BlockMemories, OfPublishedDesigns) {
  const double cnv = block_memories(512, 144) + block_memories(512, 288) + block_memories(128, 2304) +
                     block_memories(32, 18432) + block_memories(4, 32768) + block_memories(8, 32768);
  EXPECT_EQ(cnv, 150);  // built with 205, windows and streams included
  const double keywords = block_memories(960, 392) + 2 * block_memories(768, 256) + block_memories(24, 384);
  EXPECT_EQ(keywords, 72);  // built with 74
}

}  // namespace
}  // namespace roofscape::cost
