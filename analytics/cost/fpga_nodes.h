// What one node of a streaming design takes: cycles an image, look-up tables and block memories, in closed form.
//
// A layer becomes a chain of nodes, each with a stream in and a stream out: padding, a sliding window, a matrix-vector
// unit; or a pool, an adder, a function. All run at once, so the interval between images is that of the slowest node of
// any kind. In half of the designs that FINN's authors measured no matrix unit is the slowest.
//
//   matrix_unit_cycles(64, 576, 32, 64, 56 * 56);     // 56,448: 3 × 3 in ResNet-50's second stage, PE 32, SIMD 64
//   window_cycles(stem, 3, WindowStyle::kSerial);     // 113,351: the window before MobileNet's first layer
//
// Formulas are those of FINN's estimates (Xilinx/finn, src/finn/custom_op/fpgadataflow, get_exp_cycles and
// *_estimation), but for block_memories(), as said there.
#pragma once

#include <cstdint>

namespace roofscape::cost {

// Kinds of nodes; kElementwise are pools, sums, functions, kTransfer the streams at both ends of a design.
enum class StreamNode : std::uint8_t { kMatrix, kWindow, kPadding, kElementwise, kTransfer };

// A sliding window over a padded map: pixels come in row by row, `simd` channels a cycle.
struct WindowNode {
  double channels = 0;  // 0: there is no window
  double rows_in = 1, columns_in = 1, rows_out = 1, columns_out = 1;
  double kernel_rows = 1, kernel_columns = 1;
  double stride_rows = 1, stride_columns = 1;
  double dilation_rows = 1, dilation_columns = 1;
  bool depthwise = false;  // what is behind it takes one channel after the other

  double pixels_in() const { return rows_in * columns_in; }
  // A kernel of one pixel: the node only passes on or drops pixels.
  bool is_pointwise() const { return kernel_rows == 1 && kernel_columns == 1; }
  // Pixels from the first to the last of one window, in the order in which they come.
  double reach() const {
    return (kernel_rows - 1) * dilation_rows * columns_in + (kernel_columns - 1) * dilation_columns + 1;
  }
  friend bool operator==(const WindowNode&, const WindowNode&) = default;
};

// Whether the pixels of a window leave one by one, or all at once out of as many buffers.
enum class WindowStyle : std::uint8_t { kSerial, kParallel };

// Rows × columns of a matrix, `pe` × `simd` a cycle, once for each pixel.
double matrix_unit_cycles(double rows, double columns, double pe, double simd, double pixels);
// ConvolutionInputGenerator_rtl. Serial: fill, then rows_out · max(write a row, read a row), each · channels / simd,
// and for depthwise layers what striding costs on top; of one row only: columns_out · kernel · channels / simd + 2.
// Parallel or of one pixel: as many cycles as words come in, + 2.
double window_cycles(const WindowNode& window, double simd, WindowStyle style);
// FMPadding: every pixel that leaves, `simd` channels a cycle.
double padding_cycles(double channels, double simd, double padded_pixels);
// Pool behind a window: every value of every window, `pe` a cycle.
double pool_cycles(double channels, double kernel_pixels, double pe, double pixels_out);
// StreamingMaxPool, whose windows do not overlap: pixels in · (1 + 1 / k²), since rows that go out hold up those that
// come in; of one row only: pixels in + k.
double max_pool_cycles(const WindowNode& window, double pe);
// GlobalAccPool: every pixel, and the result.
double global_pool_cycles(double channels, double pe, double pixels_in);
// Thresholding, AddStreams, DuplicateStreams, ChannelwiseOp: `pe` channels a cycle.
double channelwise_cycles(double channels, double pe, double pixels);
// IODMA: a stream of 64 bits a cycle.
double transfer_cycles(double bytes);

// Look-up tables of a window whose buffer lies in them: 300 + width · ⌈depth / 38⌉; without the buffer: 300.
inline constexpr double kWindowControlLut = 300;
double window_buffer_lut(double width, double depth);
// Of the buffer between two nodes, `depth` words: 2 ⌈log2 depth⌉ + ⌈depth / 32⌉ ⌈width / 2⌉.
double fifo_lut(double width, double depth);

// 18-kbit block memories for `width` bits × `depth` words. By width, as FINN counts them: 1 × 16,384, 2 × 8,192,
// 4 × 4,096, 9 × 2,048, 18 × 1,024, and 36 × 512 where no deeper. Depths count as the next power of two, as far as
// address decoding leaves the rest unused: the weights of CNV-W1A1 then take 150 blocks, where FINN's count is 114 and
// the built design, with its buffers, has 205 (Xilinx/finn, pull request 209).
double block_memories(double width, double depth);
// UltraRAM blocks, 72 bits × 4,096 words.
double ultra_memories(double width, double depth);

}  // namespace roofscape::cost
