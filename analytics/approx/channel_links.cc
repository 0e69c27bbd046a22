#include "analytics/approx/channel_links.h"

#include <algorithm>
#include <optional>

namespace roofscape::approx {
namespace {

using Kind = ChannelFlow::Kind;

ChannelFlow block(std::string because) { return {Kind::kBlock, 0, {}, std::move(because)}; }
ChannelFlow end() { return {Kind::kEnd, 0, {}, {}}; }
ChannelFlow absent() { return {Kind::kAbsent, 0, {}, {}}; }

// Index i becomes index i + shift of `axis`, `count` of them.
ChannelFlow pass(std::size_t axis, std::int64_t count, std::int64_t shift = 0) {
  ChannelFlow flow{Kind::kPass, axis, {}, {}};
  for (std::int64_t i = 0; i < count; ++i) flow.pairs.emplace_back(i, i + shift);
  return flow;
}

struct Axis {
  std::int64_t size = 0, stride = 0;
};
Axis axis_of(const Shape& shape, std::size_t axis) {
  Axis result{shape[axis], 1};
  for (std::size_t i = axis + 1; i < shape.size(); ++i) result.stride *= shape[i];
  return result;
}

// Whether the index along `coarse` is a function of the index along `fine` of the same elements in another shape.
bool determines(const Axis& fine, const Axis& coarse) {
  return coarse.stride % fine.stride == 0 && (fine.size * fine.stride) % (coarse.size * coarse.stride) == 0;
}

// The same elements in the same order under two shapes: the axis of `to` that carries the channels of `axis` of `from`.
ChannelFlow reshape_flow(const Shape& from, std::size_t axis, const Shape& to) {
  const Axis known = axis_of(from, axis);
  for (std::size_t candidate = 0; candidate < to.size(); ++candidate) {
    const Axis other = axis_of(to, candidate);
    if (other.size == 1) continue;
    ChannelFlow flow{Kind::kPass, candidate, {}, {}};
    if (determines(other, known)) {
      for (std::int64_t i = 0; i < other.size; ++i) {
        flow.pairs.emplace_back(i / (known.stride / other.stride) % known.size, i);
      }
      return flow;
    }
    if (determines(known, other)) {
      for (std::int64_t i = 0; i < known.size; ++i) {
        flow.pairs.emplace_back(i, i / (other.stride / known.stride) % other.size);
      }
      return flow;
    }
  }
  return block("reshapes " + to_string(from) + " to " + to_string(to) + ", which splits or mixes the channels");
}

// One layer seen from one of its ports.
struct View {
  const Network& network;
  const Layer& layer;
  std::size_t input;  // which one
  std::size_t axis;   // the known one, of the input or of the output

  const Shape& in() const { return network.layer(layer.inputs[input]).output_shape; }
  const Shape& out() const { return layer.output_shape; }
};

bool depthwise(const Layer& layer, const Shape& in) {
  if (const auto* conv = layer.as<op::Conv>()) return conv->groups > 1 && conv->groups == in[0];
  if (const auto* conv = layer.as<op::ConvTranspose>()) return conv->groups > 1 && conv->groups == in[0];
  return false;
}

ChannelFlow convolution_flow(const View& view, bool forwards) {
  if (view.axis != 0) return block("slides over this axis");
  const std::int64_t groups =
      view.layer.as<op::Conv>() ? view.layer.as<op::Conv>()->groups : view.layer.as<op::ConvTranspose>()->groups;
  if (groups == 1) return end();
  if (!depthwise(view.layer, view.in())) {
    return block("has " + std::to_string(groups) + " groups of more than one channel");
  }
  const std::int64_t multiplier = view.out()[0] / view.in()[0];
  ChannelFlow flow{Kind::kPass, 0, {}, {}};
  for (std::int64_t o = 0; o < view.out()[0]; ++o) {
    flow.pairs.push_back(forwards ? std::pair{o / multiplier, o} : std::pair{o, o / multiplier});
  }
  return flow;
}

ChannelFlow dense_flow(const View& view) {
  if (view.axis + 1 == view.in().size()) return end();
  return pass(view.axis, view.in()[view.axis]);
}

ChannelFlow binary_flow(const View& view, bool forwards) {
  const std::size_t missing = view.out().size() - view.in().size();
  if (!forwards && view.axis < missing) return absent();
  const std::size_t in_axis = forwards ? view.axis : view.axis - missing;
  const std::size_t out_axis = in_axis + missing;
  if (view.in()[in_axis] != view.out()[out_axis]) {
    return forwards ? block("repeats the only channel of one operand") : absent();
  }
  return pass(forwards ? out_axis : in_axis, view.out()[out_axis]);
}

ChannelFlow concat_flow(const View& view, bool forwards) {
  const auto axis = static_cast<std::size_t>(view.layer.as<op::Concat>()->axis);
  if (view.axis != axis) return pass(view.axis, view.out()[view.axis]);
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < view.input; ++i) offset += view.network.layer(view.layer.inputs[i]).output_shape[axis];
  const std::int64_t count = view.in()[axis];
  if (forwards) return pass(axis, count, offset);
  ChannelFlow flow{Kind::kPass, axis, {}, {}};
  for (std::int64_t i = 0; i < count; ++i) flow.pairs.emplace_back(offset + i, i);
  return flow;
}

ChannelFlow slice_flow(const View& view) {
  const auto& slice = *view.layer.as<op::Slice>();
  if (slice.start[view.axis] == 0 && slice.step[view.axis] == 1 && slice.size[view.axis] == view.in()[view.axis]) {
    return pass(view.axis, view.in()[view.axis]);
  }
  return block("takes a slice of the channels");
}

ChannelFlow pad_flow(const View& view) {
  const auto& pad = *view.layer.as<op::Pad>();
  if (pad.before[view.axis] == 0 && pad.after[view.axis] == 0) return pass(view.axis, view.in()[view.axis]);
  return block("pads the channels");
}

ChannelFlow transpose_flow(const View& view, bool forwards) {
  const auto& permutation = view.layer.as<op::Transpose>()->permutation;
  if (!forwards) {
    const auto source = static_cast<std::size_t>(permutation[view.axis]);
    return pass(source, view.in()[source]);
  }
  const auto found = std::find(permutation.begin(), permutation.end(), static_cast<std::int64_t>(view.axis));
  return pass(static_cast<std::size_t>(found - permutation.begin()), view.in()[view.axis]);
}

ChannelFlow gather_flow(const View& view, bool forwards) {
  const auto& gather = *view.layer.as<op::Gather>();
  const auto axis = static_cast<std::size_t>(gather.axis);
  const std::size_t rank = gather.indices_shape.size();
  if (view.axis < axis) return pass(view.axis, view.in()[view.axis]);
  if (forwards) {
    if (view.axis > axis) return pass(view.axis + rank - 1, view.in()[view.axis]);
  } else if (view.axis >= axis + rank) {
    return pass(view.axis + 1 - rank, view.out()[view.axis]);
  }
  return block("gathers some of the channels");
}

ChannelFlow mean_flow(const View& view, bool forwards) {
  const auto& mean = *view.layer.as<op::ReduceMean>();
  const auto reduced = [&](std::size_t axis) {
    return std::find(mean.axes.begin(), mean.axes.end(), static_cast<std::int64_t>(axis)) != mean.axes.end();
  };
  // Position in the output of each input axis that is left.
  std::size_t out = 0;
  for (std::size_t in = 0; in < view.in().size(); ++in) {
    if ((forwards ? in : out) == view.axis && !reduced(in)) return pass(forwards ? out : in, view.in()[in]);
    if (!reduced(in) || mean.keep_dims) ++out;
  }
  return block("takes the mean over the channels");
}

ChannelFlow softmax_flow(const View& view) {
  if (static_cast<std::size_t>(view.layer.as<op::Softmax>()->axis) == view.axis) {
    return block("normalises over the channels");
  }
  return pass(view.axis, view.in()[view.axis]);
}

ChannelFlow flow(const View& view, bool forwards) {
  const Layer& layer = view.layer;
  if (layer.as<op::Conv>() || layer.as<op::ConvTranspose>()) return convolution_flow(view, forwards);
  if (layer.as<op::Dense>()) return dense_flow(view);
  if (layer.as<op::Activation>() || layer.as<op::Affine>()) return pass(view.axis, view.in()[view.axis]);
  if (layer.as<op::Pool>()) return view.axis == 0 ? pass(0, view.in()[0]) : block("pools over this axis");
  if (layer.as<op::Binary>()) return binary_flow(view, forwards);
  if (layer.as<op::Concat>()) return concat_flow(view, forwards);
  if (layer.as<op::Slice>()) return slice_flow(view);
  if (layer.as<op::Pad>()) return pad_flow(view);
  if (layer.as<op::Reshape>()) {
    return forwards ? reshape_flow(view.in(), view.axis, view.out()) : reshape_flow(view.out(), view.axis, view.in());
  }
  if (layer.as<op::Transpose>()) return transpose_flow(view, forwards);
  if (layer.as<op::Gather>()) return gather_flow(view, forwards);
  if (layer.as<op::ReduceMean>()) return mean_flow(view, forwards);
  if (layer.as<op::Softmax>()) return softmax_flow(view);
  if (layer.as<op::Recurrent>() && forwards && view.axis == 1) return end();
  return block("mixes the channels");
}

}  // namespace

ChannelFlow flow_forwards(const Network& network, LayerId id, std::size_t input, std::size_t axis) {
  return flow({network, network.layer(id), input, axis}, /*forwards=*/true);
}

ChannelFlow flow_backwards(const Network& network, LayerId id, std::size_t input, std::size_t axis) {
  const Layer& layer = network.layer(id);
  if (layer.inputs.empty()) return block("is the network's input");
  return flow({network, layer, input, axis}, /*forwards=*/false);
}

bool is_depthwise(const Network& network, LayerId id) {
  const Layer& layer = network.layer(id);
  return !layer.inputs.empty() && depthwise(layer, network.layer(layer.inputs[0]).output_shape);
}

}  // namespace roofscape::approx
