// Slice, Split, Gather, Pad and ReduceMean: what picks, adds or averages along axes of an image.
#include <algorithm>
#include <utility>

#include "analytics/base/text.h"
#include "analytics/network/onnx/fold.h"
#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/signal_ops.h"

namespace roofscape::onnx_import {
namespace {

bool is_whole(const SliceRange& range, std::int64_t length) {
  return range.start == 0 && range.size == length && range.step == 1;
}

// A layer that takes these ranges, one for each ONNX axis of x; none where they take everything.
Result<Signal> cut(Importer& in, Signal x, const std::vector<SliceRange>& ranges, std::string_view suffix) {
  op::Slice slice;
  bool everything = true;
  const Shape shape = file_shape(in, x);
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    const SliceRange& range = ranges[axis];
    everything &= is_whole(range, shape[axis]);
    if (axis == x.batch) {
      if (!is_whole(range, shape[axis]))
        return unimplemented("it cuts axis {}, which is the batch; each image must stand alone", axis);
      continue;
    }
    if (range.size < 1) return invalid_argument("it leaves nothing of axis {} of {}", axis, to_string(x.shape));
    slice.start.push_back(range.start);
    slice.size.push_back(range.size);
    slice.step.push_back(range.size == 1 ? 1 : range.step);
  }
  if (everything) return x;
  RS_ASSIGN(const LayerId image, in.image(x));
  RS_ASSIGN(x.layer, in.add(std::move(slice), {image}, {}, suffix));
  for (std::size_t axis = 0; axis < x.rank(); ++axis)
    if (axis != x.batch) x.shape[axis] = ranges[axis].size;
  x.sole = true;
  return x;
}

std::vector<SliceRange> whole_ranges(const Shape& shape) {
  std::vector<SliceRange> ranges;
  for (const std::int64_t length : shape) ranges.push_back({0, length, 1});
  return ranges;
}

// Pads before and behind each ONNX axis.
struct Pads {
  std::vector<std::int64_t> before, after;
};
Result<Pads> read_pads(Importer& in, std::size_t rank) {
  RS_ASSIGN(const auto list, in.list(1, in.node().has("paddings") ? "paddings" : "pads"));
  if (!list) return invalid_argument("its pads are missing");
  RS_ASSIGN(const ConstantPtr given, in.constant(3, "axes"));
  std::vector<std::int64_t> axes;
  if (given) {
    RS_ASSIGN(axes, as_list(*given, "axes"));
  } else {
    for (std::size_t axis = 0; axis < rank; ++axis) axes.push_back(static_cast<std::int64_t>(axis));
  }
  if (list->size() != 2 * axes.size())
    return invalid_argument("it has {} pads; {} are needed", list->size(), 2 * axes.size());
  Pads pads{.before = std::vector<std::int64_t>(rank), .after = std::vector<std::int64_t>(rank)};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    RS_ASSIGN(const std::size_t axis, checked_axis(axes[i], rank));
    pads.before[axis] = (*list)[i];
    pads.after[axis] = (*list)[i + axes.size()];
    for (const std::int64_t pad : {pads.before[axis], pads.after[axis]})
      if (pad > NetworkLimits::kElementsPerTensor || pad < -NetworkLimits::kElementsPerTensor)
        return invalid_argument("a pad of {} is absurd", pad);
  }
  return pads;
}

Result<float> pad_value(Importer& in) {
  if (!in.has_input(2)) return in.node().real("value", 0);
  RS_ASSIGN(const ConstantPtr value, in.constant(2, "value"));
  RS_ASSIGN(const double number, as_scalar(*value, "value"));
  return static_cast<float>(number);
}

Result<op::Pad::Mode> pad_mode(const Node& node) {
  RS_ASSIGN(const std::string mode, node.text("mode", "constant"));
  if (mode == "constant") return op::Pad::Mode::kConstant;
  if (mode == "reflect") return op::Pad::Mode::kReflect;
  if (mode == "edge") return op::Pad::Mode::kEdge;
  return unimplemented("its mode is '{}'; constant, reflect and edge are supported", printable(mode));
}

}  // namespace

Status lower_slice(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  RS_ASSIGN(const auto ranges, slice_ranges(in, file_shape(in, x)));
  RS_ASSIGN(Signal y, cut(in, std::move(x), ranges, ""));
  return in.set_output(0, std::move(y));
}

Status lower_split(Importer& in) {
  RS_ASSIGN(const Signal x, in.signal(0));
  RS_ASSIGN(const std::int64_t attribute, in.node().integer("axis", 0));
  RS_TRY(image_axis(x, attribute).status());
  RS_ASSIGN(const std::size_t axis, checked_axis(attribute, x.rank()));
  RS_ASSIGN(const auto lengths, split_lengths(in, x.shape[axis]));
  std::vector<SliceRange> ranges = whole_ranges(file_shape(in, x));
  ranges[axis].size = 0;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    ranges[axis].start += ranges[axis].size;
    ranges[axis].size = lengths[i];
    if (!in.output_used(i)) continue;
    RS_ASSIGN(Signal part, cut(in, x, ranges, std::to_string(i)));
    RS_TRY(in.set_output(i, std::move(part)));
  }
  return {};
}

Status lower_pad(Importer& in) {
  RS_ASSIGN(Signal x, in.signal(0));
  RS_ASSIGN(const Pads pads, read_pads(in, x.rank()));
  op::Pad pad;
  RS_ASSIGN(pad.mode, pad_mode(in.node()));
  RS_ASSIGN(pad.value, pad_value(in));
  // Negative pads cut away; the rest is added afterwards.
  std::vector<SliceRange> kept = whole_ranges(file_shape(in, x));
  bool grows = false;
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    const std::int64_t before = pads.before[axis], after = pads.after[axis];
    kept[axis].start = std::max<std::int64_t>(0, -before);
    kept[axis].size -= kept[axis].start + std::max<std::int64_t>(0, -after);
    if (axis == x.batch) {
      if (before != 0 || after != 0)
        return unimplemented("it pads axis {}, which is the batch; each image must stand alone", axis);
      continue;
    }
    pad.before.push_back(std::max<std::int64_t>(0, before));
    pad.after.push_back(std::max<std::int64_t>(0, after));
    grows |= before > 0 || after > 0;
  }
  RS_ASSIGN(x, cut(in, std::move(x), kept, grows ? "crop" : ""));
  if (!grows) return in.set_output(0, std::move(x));
  RS_ASSIGN(const LayerId image, in.image(x));
  RS_ASSIGN(x.layer, in.add(std::move(pad), {image}));
  for (std::size_t axis = 0; axis < x.rank(); ++axis)
    x.shape[axis] += std::max<std::int64_t>(0, pads.before[axis]) + std::max<std::int64_t>(0, pads.after[axis]);
  x.sole = true;
  return in.set_output(0, std::move(x));
}

Status lower_gather(Importer& in) {
  RS_ASSIGN(const Signal x, in.signal(0));
  RS_ASSIGN(const ConstantPtr indices, in.constant(1, "indices"));
  if (!indices || indices->is_float()) return invalid_argument("its indices must be integers");
  RS_ASSIGN(const std::int64_t attribute, in.node().integer("axis", 0));
  RS_ASSIGN(const std::size_t axis, checked_axis(attribute, x.rank()));
  op::Gather gather;
  gather.indices_shape = indices->shape;
  RS_ASSIGN(gather.axis, image_axis(x, attribute));
  RS_TRY(in.budget().allocate(indices->size()));
  for (const std::int64_t index : indices->integers)
    gather.indices.push_back(index < 0 ? index + x.shape[axis] : index);

  Signal y{.shape = x.shape, .batch = x.batch};
  const auto at = y.shape.erase(y.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  y.shape.insert(at, indices->shape.begin(), indices->shape.end());
  if (y.batch && *y.batch > axis) y.batch = *y.batch - 1 + indices->shape.size();
  RS_ASSIGN(const LayerId image, in.image(x));
  RS_ASSIGN(y.layer, in.add(std::move(gather), {image}));
  return in.set_output(0, std::move(y));
}

Status lower_reduce_mean(Importer& in) {
  RS_ASSIGN(const Signal x, in.signal(0));
  RS_ASSIGN(const auto axes, reduced_axes(in, x.rank()));
  RS_ASSIGN(const std::int64_t keep, in.node().integer("keepdims", 1));
  if (axes.empty()) return in.set_output(0, x);
  op::ReduceMean mean;
  mean.keep_dims = keep != 0;
  Signal y = x;
  y.sole = true;
  for (const std::size_t axis : axes) {
    RS_ASSIGN(const std::int64_t image, image_axis(x, static_cast<std::int64_t>(axis)));
    mean.axes.push_back(image);
    y.shape[axis] = 1;
  }
  for (std::size_t i = axes.size(); keep == 0 && i-- > 0;) {
    y.batch = batch_without(y, axes[i]);
    y.shape.erase(y.shape.begin() + static_cast<std::ptrdiff_t>(axes[i]));
  }
  RS_ASSIGN(const LayerId image, in.image(x));
  RS_ASSIGN(y.layer, in.add(std::move(mean), {image}));
  return in.set_output(0, std::move(y));
}

}  // namespace roofscape::onnx_import
