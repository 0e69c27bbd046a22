// Steps from one form of a value to another: the other layout, or quantised.
#pragma once

#include <memory>

#include "analytics/engine/kernel.h"

namespace roofscape::engine {

// Whether a value of this shape may lie channels last.
inline bool has_channels(const Shape& shape) { return shape.size() == 3; }

// Plain to channels last or back; `shape` is [C, H, W].
std::unique_ptr<Step> layout_step(const Shape& shape, Element element, Layout to);

// fp32 to codes or fake-quantised fp32, layout kept. A quantiser per channel wants the plain layout.
std::unique_ptr<Step> quantise_step(const Shape& shape, const QuantiserPtr& quantiser, bool codes);

}  // namespace roofscape::engine
