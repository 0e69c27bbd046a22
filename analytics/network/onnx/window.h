// The window attributes that convolutions and pools share: kernel, strides, dilations, pads and auto_pad.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/onnx/graph.h"
#include "analytics/network/onnx/signal.h"

namespace roofscape::onnx_import {

struct Window {
  std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  std::array<std::int64_t, 4> pad{0, 0, 0, 0};  // top, left, bottom, right
};

// How ONNX's auto_pad wants the pads chosen.
enum class AutoPad { kNotSet, kValid, kSameUpper, kSameLower };
Result<AutoPad> auto_pad(const Node& node);

// The spatial axes of an image [C, …]: two, with a 1 in front of the only one of one-dimensional data. Others are
// refused, naming their number.
Result<std::array<std::int64_t, 2>> spatial_axes(const Shape& image);
// An attribute with one value for each spatial axis, widened to two by `otherwise`.
Result<std::array<std::int64_t, 2>> spatial_attribute(const Node& node, std::string_view name, std::size_t axes,
                                                      std::int64_t otherwise);
// Reads the window over `image` [C, …]; pads are left at 0 where auto_pad is one of the SAME ones.
Result<Window> read_window(const Node& node, const Shape& image);
// Pads so that the output has ⌈input/stride⌉ elements.
void pad_to_same(AutoPad mode, const std::array<std::int64_t, 2>& input, Window& window);

// Splits `total` padding of one axis: the odd one goes to the end for kSameUpper, to the beginning otherwise.
void share_padding(AutoPad mode, std::int64_t total, std::int64_t& before, std::int64_t& after);

}  // namespace roofscape::onnx_import
