// Constant folding: nodes all of whose inputs are known are computed at import, with ONNX's semantics.
//
// That is how exporters' shape chains (Shape, Gather, Unsqueeze, Concat … into a Reshape) and weights that pass through
// Constant, Cast or Transpose nodes vanish. Everything allocated or computed is paid for from the budget first.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/onnx/budget.h"
#include "analytics/network/onnx/constant.h"

namespace roofscape::onnx_import {

class Importer;

// Computes the importer's node at hand; kUnimplemented if it is no operator that can be folded.
Status fold_node(Importer& in);
bool can_fold(std::string_view op);

// ---- Pieces, which lowering functions use as well ----
// Elements offset + Σ index[a]·strides[a], for every index of `shape`: slices, transposes and broadcasts alike. The
// elements stay on their grid; where that has a scale for each index along an axis, `channel_axis` says which axis of
// the result that is (none: the grid is forgotten).
Result<ConstantPtr> strided(const Constant& constant, Shape shape, const std::vector<std::int64_t>& strides,
                            std::int64_t offset, Budget& budget, std::optional<std::size_t> channel_axis = {});
// How many elements lie between neighbours along each axis, row-major.
std::vector<std::int64_t> row_major_strides(const Shape& shape);
// The first slice along `axis`, of which all slices must be equal; the axis is removed.
Result<ConstantPtr> first_of_equal(const ConstantPtr& constant, std::size_t axis, Budget& budget);
Result<ConstantPtr> transposed(const ConstantPtr& constant, const std::vector<std::size_t>& permutation,
                               Budget& budget);
// The same elements under another shape of as many.
Result<ConstantPtr> reshaped(const ConstantPtr& constant, Shape shape, Budget& budget);
// Broadcast to exactly `shape`.
Result<ConstantPtr> broadcast_to(const ConstantPtr& constant, const Shape& shape, Budget& budget);

// Along `axis`, `start + i·step` for i in [0, size).
struct SliceRange {
  std::int64_t start = 0, size = 0, step = 1;
};
// ONNX's rules for Slice: negative positions count from the end, positions beyond it are cut off.
Result<SliceRange> slice_range(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t length);
// What the node at hand, a Slice of a tensor of this shape, takes of every axis.
Result<std::vector<SliceRange>> slice_ranges(Importer& in, const Shape& shape);
// Lengths into which the node at hand, a Split, cuts an axis of `length`.
Result<std::vector<std::int64_t>> split_lengths(Importer& in, std::int64_t length);
// Target of the node at hand, a Reshape, for a tensor of `shape` with `count` elements; 0 and -1 are resolved.
Result<Shape> reshape_target(Importer& in, const Shape& shape, std::int64_t count);
// The axes that the node at hand removes (Squeeze) or inserts (Unsqueeze; of its output), ascending.
Result<std::vector<std::size_t>> squeezed_axes(Importer& in, const Shape& shape);
Result<std::vector<std::size_t>> unsqueezed_axes(Importer& in, std::size_t rank);
// [product before `axis`, product from it on], as the node at hand, a Flatten, makes it; axis = rank is allowed.
Result<std::size_t> flatten_axis(Importer& in, std::size_t rank);
// The axes that the node at hand, a reduction, reduces, ascending; all of them if it names none.
Result<std::vector<std::size_t>> reduced_axes(Importer& in, std::size_t rank);
// The dimensions of `shape` that the node at hand, a Shape, asks for (opset 15: a part of them).
Result<ConstantPtr> shape_constant(Importer& in, const Shape& shape);
// The node at hand's permutation; by default all axes are reversed.
Result<std::vector<std::size_t>> permutation(Importer& in, std::size_t rank);

// fold_elementwise.cc
Status fold_unary(Importer& in);
Status fold_binary(Importer& in);
Status fold_where(Importer& in);
Status fold_clip(Importer& in);
Status fold_cast(Importer& in);
// fold_shape.cc
Status fold_identity(Importer& in);
Status fold_reshape(Importer& in);
Status fold_flatten(Importer& in);
Status fold_squeeze(Importer& in);
Status fold_unsqueeze(Importer& in);
Status fold_transpose(Importer& in);
Status fold_expand(Importer& in);
Status fold_tile(Importer& in);
Status fold_shape(Importer& in);
Status fold_size(Importer& in);
// fold_select.cc
Status fold_concat(Importer& in);
Status fold_slice(Importer& in);
Status fold_split(Importer& in);
Status fold_gather(Importer& in);
Status fold_reduce(Importer& in);
Status fold_nonzero(Importer& in);
// fold_make.cc
Status fold_constant(Importer& in);
Status fold_constant_of_shape(Importer& in);
Status fold_range(Importer& in);

}  // namespace roofscape::onnx_import
