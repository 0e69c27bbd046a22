#include <algorithm>

#include "analytics/network/onnx/exporter.h"

namespace roofscape::onnx_export {
namespace {

using List = std::vector<std::int64_t>;

// How many elements the window at each output position averages over.
std::vector<float> window_sizes(const op::Pool& o, const Shape& input, const Shape& output) {
  std::vector<float> sizes;
  for (std::int64_t y = 0; y < output[1]; ++y)
    for (std::int64_t x = 0; x < output[2]; ++x) {
      std::int64_t size = 1;
      for (std::size_t i = 0; i < 2; ++i) {
        const std::int64_t start = (i == 0 ? y : x) * o.stride[i] - o.pad[i];
        const std::int64_t low = o.count_include_pad ? -o.pad[i] : 0;
        const std::int64_t high = input[i + 1] + (o.count_include_pad ? o.pad[i + 2] : 0);
        std::int64_t inside = 0;
        for (std::int64_t k = 0; k < o.kernel[i]; ++k) {
          const std::int64_t at = start + k * o.dilation[i];
          inside += at >= low && at < high ? 1 : 0;
        }
        size *= inside;
      }
      sizes.push_back(static_cast<float>(std::max<std::int64_t>(size, 1)));
    }
  return sizes;
}

// The pads with the last ones as long as the last window reaches. Programs disagree on which windows ceil_mode adds;
// said so, there is nothing left to disagree on.
List explicit_pads(const op::Pool& o, const Shape& input, const Shape& output) {
  List pads(o.pad.begin(), o.pad.end());
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t reach = (output[i + 1] - 1) * o.stride[i] + (o.kernel[i] - 1) * o.dilation[i] + 1;
    pads[i + 2] = std::max(o.pad[i + 2], reach - input[i + 1] - o.pad[i]);
  }
  return pads;
}

// Averages that opset 13 has no words for: sums by a convolution of ones for each channel, divided by the windows'
// sizes.
std::string average_by_convolution(Exporter& out, const op::Pool& o, const List& pads) {
  const Shape &input = out.input_shape(0), &output = out.layer().output_shape;
  const std::vector<float> ones(static_cast<std::size_t>(input[0] * o.kernel[0] * o.kernel[1]), 1.0F);
  const std::string kernel = out.writer().floats(out.named("ones"), {input[0], 1, o.kernel[0], o.kernel[1]}, ones);
  const std::string sums = out.part("Conv", {out.input(0), kernel}, "sums",
                                    {{"kernel_shape", List(o.kernel.begin(), o.kernel.end())},
                                     {"strides", List(o.stride.begin(), o.stride.end())},
                                     {"dilations", List(o.dilation.begin(), o.dilation.end())},
                                     {"pads", pads},
                                     {"group", input[0]}});
  const std::string sizes =
      out.writer().floats(out.named("sizes"), {1, output[1], output[2]}, window_sizes(o, input, output));
  return out.result("Div", {sums, sizes});
}

}  // namespace

std::string export_operation(Exporter& out, const op::Pool& o) {
  const bool max = o.kind == op::Pool::Kind::kMax;
  if (o.global) return out.result(max ? "GlobalMaxPool" : "GlobalAveragePool", {out.input(0)});
  const List pads = explicit_pads(o, out.input_shape(0), out.layer().output_shape);
  const bool dilated = o.dilation != std::array<std::int64_t, 2>{1, 1};
  const bool counts_less_than_it_pads = o.count_include_pad && pads != List(o.pad.begin(), o.pad.end());
  if (!max && (dilated || counts_less_than_it_pads)) return average_by_convolution(out, o, pads);
  GraphWriter::Attributes attributes{{"kernel_shape", List(o.kernel.begin(), o.kernel.end())},
                                     {"strides", List(o.stride.begin(), o.stride.end())},
                                     {"pads", pads}};
  if (max)
    attributes.push_back({"dilations", List(o.dilation.begin(), o.dilation.end())});
  else
    attributes.push_back({"count_include_pad", std::int64_t{o.count_include_pad ? 1 : 0}});
  return out.result(max ? "MaxPool" : "AveragePool", {out.input(0)}, attributes);
}

}  // namespace roofscape::onnx_export
