// The output shape of a layer from its inputs' shapes, or what does not fit. Never allocates in proportion to a shape.
#pragma once

#include <span>

#include "analytics/base/status.h"
#include "analytics/network/layer.h"

namespace roofscape {

// Checks constants and attributes too. Errors name the layer, the offending value and what would fit.
Result<Shape> infer_output_shape(const Layer& layer, std::span<const Shape> inputs);

// numpy's rule; an error names both shapes.
Result<Shape> broadcast_shapes(const Shape& a, const Shape& b);

// Output length of one axis of a window (convolution or pooling) and its checks: kernel, stride, dilation ≥ 1, the
// dilated kernel not longer than the padded input.
Result<std::int64_t> window_output(std::int64_t input, std::int64_t kernel, std::int64_t stride, std::int64_t dilation,
                                   std::int64_t pad_before, std::int64_t pad_after, bool ceil_mode);

}  // namespace roofscape
