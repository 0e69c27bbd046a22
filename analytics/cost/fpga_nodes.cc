#include "analytics/cost/fpga_nodes.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace roofscape::cost {

double matrix_unit_cycles(double rows, double columns, double pe, double simd, double pixels) {
  return (rows / pe) * (columns / simd) * pixels;
}

double window_cycles(const WindowNode& window, double simd, WindowStyle style) {
  const double groups = window.channels / simd;
  if (style == WindowStyle::kParallel || window.is_pointwise()) return window.pixels_in() * groups + 2;
  const double kernel = window.kernel_rows * window.kernel_columns;
  if (window.rows_in == 1 || window.columns_in == 1) return window.rows_out * window.columns_out * kernel * groups + 2;
  double row = std::max(window.columns_out * kernel * groups, window.stride_columns * window.columns_in * groups);
  if (window.depthwise) row += window.columns_out * (window.stride_columns - 1) * (groups - 1);
  double cycles = window.reach() * groups + window.rows_out * row;
  if (window.depthwise) cycles += (window.stride_rows - 1) * window.columns_in * groups;
  return cycles;
}

double padding_cycles(double channels, double simd, double padded_pixels) { return channels / simd * padded_pixels; }

double pool_cycles(double channels, double kernel_pixels, double pe, double pixels_out) {
  return channels * kernel_pixels / pe * pixels_out;
}

double max_pool_cycles(const WindowNode& window, double pe) {
  const double groups = window.channels / pe, kernel = window.kernel_rows * window.kernel_columns;
  if (window.rows_in == 1 || window.columns_in == 1) return groups * (window.pixels_in() + kernel);
  return groups * window.pixels_in() * (1 + 1 / kernel);
}

double global_pool_cycles(double channels, double pe, double pixels_in) { return channels / pe * (pixels_in + 1); }

double channelwise_cycles(double channels, double pe, double pixels) { return channels / pe * pixels; }

double transfer_cycles(double bytes) { return bytes / 8; }

double window_buffer_lut(double width, double depth) { return width * std::ceil(depth / 38); }

double fifo_lut(double width, double depth) {
  return 2 * std::ceil(std::log2(depth)) + std::ceil(depth / 32) * std::ceil(width / 2);
}

double block_memories(double width, double depth) {
  struct Mode {
    double width, depth;
  };
  static constexpr std::array<Mode, 5> kModes = {{{1, 16384}, {2, 8192}, {4, 4096}, {9, 2048}, {18, 1024}}};
  const double addressed = std::exp2(std::ceil(std::log2(depth)));
  for (const Mode& mode : kModes)
    if (width <= mode.width) return std::ceil(addressed / mode.depth);
  if (addressed > 512) return std::ceil(width / 18) * std::ceil(addressed / 1024);
  return std::ceil(width / 36) * std::ceil(addressed / 512);
}

double ultra_memories(double width, double depth) { return std::ceil(width / 72) * std::ceil(depth / 4096); }

}  // namespace roofscape::cost
