// A value that depends on the network's input, as the importer follows it through an ONNX graph.
//
// ONNX's tensors have a batch axis, our layers have not: the graph is read for a batch of one image. `shape` is the
// ONNX shape with the batch axis at 1; `batch` says where that axis is, if it is anywhere. The layer holds the same
// elements in the same order, perhaps under another shape: reshapes are not made layers until an operator needs one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "analytics/arith/quantiser.h"
#include "analytics/base/status.h"
#include "analytics/network/layer.h"

namespace roofscape::onnx_import {

struct Signal {
  LayerId layer = 0;
  Shape shape{};
  std::optional<std::size_t> batch{};
  bool sole = true;            // nothing else reads the layer, so that it may still be changed (folding)
  std::string reshape_name{};  // of the last node that changed the shape, to name the layer if one is needed
  // Where the file means integers: whose codes they are. The layer holds the numbers that those stand for.
  QuantiserPtr codes{};

  std::size_t rank() const { return shape.size(); }
};

// The shape of one image: without the batch axis.
Shape image_shape(const Signal& signal);
// An ONNX axis (negative ones count from the end) as an index, or what is wrong with it.
Result<std::size_t> checked_axis(std::int64_t axis, std::size_t rank);
// The axis among those of one image; an error if it is the batch.
Result<std::int64_t> image_axis(const Signal& signal, std::int64_t axis);
// Where the batch axis lies once `axis` is removed from, or a new axis inserted at, that index.
std::optional<std::size_t> batch_without(const Signal& signal, std::size_t axis);

}  // namespace roofscape::onnx_import
