#include "analytics/network/onnx/window.h"

#include <algorithm>

#include "analytics/base/text.h"

namespace roofscape::onnx_import {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 30;

Status check_range(std::string_view name, const std::vector<std::int64_t>& values, std::int64_t least) {
  for (const std::int64_t value : values)
    if (value < least || value > kMost)
      return invalid_argument("its {} are {}; each must lie in {} to {}", name, to_string(values), least, kMost);
  return {};
}

}  // namespace

Result<AutoPad> auto_pad(const Node& node) {
  RS_ASSIGN(const std::string text, node.text("auto_pad", "NOTSET"));
  if (text == "NOTSET" || text.empty()) return AutoPad::kNotSet;
  if (text == "VALID") return AutoPad::kValid;
  if (text == "SAME_UPPER") return AutoPad::kSameUpper;
  if (text == "SAME_LOWER") return AutoPad::kSameLower;
  return invalid_argument("its auto_pad is '{}'; NOTSET, VALID, SAME_UPPER and SAME_LOWER exist", printable(text));
}

Result<std::array<std::int64_t, 2>> spatial_axes(const Shape& image) {
  if (image.size() == 2) return std::array<std::int64_t, 2>{1, image[1]};
  if (image.size() == 3) return std::array<std::int64_t, 2>{image[1], image[2]};
  return unimplemented("it works on {} spatial axes; 1 and 2 are supported",
                       std::max<std::size_t>(image.size(), 1) - 1);
}

Result<std::array<std::int64_t, 2>> spatial_attribute(const Node& node, std::string_view name, std::size_t axes,
                                                      std::int64_t otherwise) {
  RS_ASSIGN(auto values, node.integers(name, std::vector<std::int64_t>(axes, otherwise)));
  if (values.size() != axes)
    return invalid_argument("its {} are {}; {} values are needed", name, to_string(values), axes);
  RS_TRY(check_range(name, values, std::min<std::int64_t>(otherwise, 1)));
  if (axes == 1) values.insert(values.begin(), otherwise);
  return std::array<std::int64_t, 2>{values[0], values[1]};
}

Result<Window> read_window(const Node& node, const Shape& image) {
  RS_TRY(spatial_axes(image).status());
  const std::size_t axes = image.size() - 1;
  Window window;
  RS_ASSIGN(window.kernel, spatial_attribute(node, "kernel_shape", axes, 1));
  RS_ASSIGN(window.stride, spatial_attribute(node, "strides", axes, 1));
  RS_ASSIGN(window.dilation, spatial_attribute(node, "dilations", axes, 1));
  RS_ASSIGN(const AutoPad mode, auto_pad(node));
  if (mode != AutoPad::kNotSet) return window;
  RS_ASSIGN(const auto pads, node.integers("pads", std::vector<std::int64_t>(2 * axes)));
  if (pads.size() != 2 * axes)
    return invalid_argument("its pads are {}; {} values are needed", to_string(pads), 2 * axes);
  RS_TRY(check_range("pads", pads, 0));
  if (axes == 1)
    window.pad = {0, pads[0], 0, pads[1]};
  else
    window.pad = {pads[0], pads[1], pads[2], pads[3]};
  return window;
}

void share_padding(AutoPad mode, std::int64_t total, std::int64_t& before, std::int64_t& after) {
  before = mode == AutoPad::kSameUpper ? total / 2 : total - total / 2;
  after = total - before;
}

void pad_to_same(AutoPad mode, const std::array<std::int64_t, 2>& input, Window& window) {
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t output = (input[i] + window.stride[i] - 1) / window.stride[i];
    const std::int64_t reach = (window.kernel[i] - 1) * window.dilation[i] + 1;
    const std::int64_t total = std::max<std::int64_t>(0, (output - 1) * window.stride[i] + reach - input[i]);
    share_padding(mode, total, window.pad[i], window.pad[i + 2]);
  }
}

}  // namespace roofscape::onnx_import
