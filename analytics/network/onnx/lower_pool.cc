// Pools over windows, and over whole images.
#include <utility>

#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/signal_ops.h"
#include "analytics/network/onnx/window.h"

namespace roofscape::onnx_import {
namespace {

// Adds the pool of [C, H, W] and shapes its output like the node's: 1, C and one size for each spatial axis.
Result<Signal> finish(Importer& in, const Signal& input, const Shape& view, std::size_t rank, op::Pool pool) {
  RS_ASSIGN(const LayerId image, in.with_shape(input, view));
  RS_ASSIGN(const LayerId layer, in.add(std::move(pool), {image}));
  const Shape& pooled = in.layer_shape(layer);
  Signal output{.layer = layer, .shape = {1, pooled[0]}};
  if (rank == 3) output.shape.push_back(pooled[2]);
  if (rank >= 4) output.shape.insert(output.shape.end(), {pooled[1], pooled[2]});
  while (output.rank() < rank) output.shape.push_back(1);
  if (input.batch) output.batch = 0;
  return output;
}

}  // namespace

Result<Signal> pool_windows(Importer& in, const Signal& input, op::Pool::Kind kind) {
  RS_ASSIGN(const Shape image, in.shape_without_batch(input, 0));
  RS_ASSIGN(const auto spatial, spatial_axes(image));
  if (!in.node().has("kernel_shape")) return invalid_argument("its kernel_shape is missing");
  if (in.output_used(1)) return unimplemented("its output of indices is not supported");
  RS_ASSIGN(Window window, read_window(in.node(), image));
  RS_ASSIGN(const AutoPad mode, auto_pad(in.node()));
  if (mode == AutoPad::kSameUpper || mode == AutoPad::kSameLower) pad_to_same(mode, spatial, window);
  op::Pool pool{.kernel = window.kernel, .stride = window.stride, .dilation = window.dilation, .pad = window.pad};
  pool.kind = kind;
  RS_ASSIGN(const std::int64_t ceil_mode, in.node().integer("ceil_mode", 0));
  RS_ASSIGN(const std::int64_t count_include_pad, in.node().integer("count_include_pad", 0));
  pool.ceil_mode = ceil_mode != 0;
  pool.count_include_pad = count_include_pad != 0;
  return finish(in, input, {image[0], spatial[0], spatial[1]}, image.size() + 1, pool);
}

Result<Signal> pool_all(Importer& in, const Signal& input, op::Pool::Kind kind) {
  RS_ASSIGN(const Shape image, in.shape_without_batch(input, 0));
  if (image.empty()) return invalid_argument("its input {} has no channels", to_string(input.shape));
  // Any number of spatial axes: what is pooled is the same whether it is one long axis or several.
  Shape view = image;
  if (view.size() != 3) view = {image[0], 1, element_count(image) / image[0]};
  op::Pool pool{.kernel = {view[1], view[2]}, .global = true};
  pool.kind = kind;
  return finish(in, input, view, image.size() + 1, pool);
}

Status lower_pool(Importer& in) {
  RS_ASSIGN(const Signal x, in.signal(0));
  const auto kind = in.node().op == "MaxPool" ? op::Pool::Kind::kMax : op::Pool::Kind::kAverage;
  RS_ASSIGN(Signal y, pool_windows(in, x, kind));
  return in.set_output(0, std::move(y));
}

Status lower_global_pool(Importer& in) {
  RS_ASSIGN(const Signal x, in.signal(0));
  const auto kind = in.node().op == "GlobalMaxPool" ? op::Pool::Kind::kMax : op::Pool::Kind::kAverage;
  RS_ASSIGN(Signal y, pool_all(in, x, kind));
  return in.set_output(0, std::move(y));
}

}  // namespace roofscape::onnx_import
