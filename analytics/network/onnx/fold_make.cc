// Nodes that make constants from little: Constant, ConstantOfShape, Range.
#include <cmath>
#include <utility>

#include "analytics/network/onnx/fold.h"
#include "analytics/network/onnx/importer.h"

namespace roofscape::onnx_import {

Status fold_constant(Importer& in) {
  const Node& node = in.node();
  if (node.has("value")) {
    RS_ASSIGN(ConstantPtr value, node.tensor("value"));
    return in.set_output(0, std::move(value));
  }
  if (node.has("value_float")) {
    RS_ASSIGN(const float value, node.real("value_float", 0));
    return in.set_output(0, float_constant({}, {value}));
  }
  if (node.has("value_int")) {
    RS_ASSIGN(const std::int64_t value, node.integer("value_int", 0));
    return in.set_output(0, integer_constant({}, {value}));
  }
  if (node.has("value_floats")) {
    RS_ASSIGN(std::vector<float> values, node.reals("value_floats"));
    Shape shape{static_cast<std::int64_t>(values.size())};
    return in.set_output(0, float_constant(std::move(shape), std::move(values)));
  }
  if (node.has("value_ints")) {
    RS_ASSIGN(std::vector<std::int64_t> values, node.integers("value_ints", {}));
    Shape shape{static_cast<std::int64_t>(values.size())};
    return in.set_output(0, integer_constant(std::move(shape), std::move(values)));
  }
  return unimplemented("its value is neither a tensor nor numbers; texts and sparse tensors are not supported");
}

Status fold_constant_of_shape(Importer& in) {
  RS_ASSIGN(const auto list, in.list(0, "shape"));
  if (!list) return invalid_argument("its shape is missing");
  RS_ASSIGN(const ConstantPtr value, in.node().tensor("value"));
  if (value && value->size() != 1)
    return invalid_argument("its value has shape {}; one number is needed", to_string(value->shape));
  RS_ASSIGN(const std::int64_t count, checked_count(*list, NetworkLimits::kElementsPerTensor));
  RS_TRY(in.budget().allocate(count));
  const auto elements = static_cast<std::size_t>(count);
  if (!value || value->is_float())
    return in.set_output(
        0, float_constant(*list, std::vector<float>(elements, value ? value->floats->values()[0] : 0.0F)));
  return in.set_output(0,
                       integer_constant(*list, std::vector<std::int64_t>(elements, value->integers[0]), value->type));
}

Status fold_range(Importer& in) {
  ConstantPtr bounds[3];
  for (std::size_t i = 0; i < 3; ++i) {
    RS_ASSIGN(bounds[i], in.constant(i, "bound"));
    if (!bounds[i] || bounds[i]->size() != 1) return invalid_argument("its start, limit and step must be 3 numbers");
  }
  const double start = bounds[0]->number(0), limit = bounds[1]->number(0), step = bounds[2]->number(0);
  if (step == 0 || !std::isfinite(start) || !std::isfinite(limit) || !std::isfinite(step))
    return invalid_argument("it counts from {} to {} by {}, which does not end", start, limit, step);
  const double steps = std::max(0.0, std::ceil((limit - start) / step));
  if (!(steps <= static_cast<double>(NetworkLimits::kElementsPerTensor)))
    return resource_exhausted("it counts from {} to {} by {}: more than {} elements", start, limit, step,
                              NetworkLimits::kElementsPerTensor);
  const auto count = static_cast<std::int64_t>(steps);
  RS_TRY(in.budget().allocate(count));
  if (bounds[0]->is_float()) {
    std::vector<float> values(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<float>(start + static_cast<double>(i) * step);
    return in.set_output(0, float_constant({count}, std::move(values)));
  }
  if (bounds[1]->is_float() || bounds[2]->is_float()) return invalid_argument("its bounds are of different types");
  std::vector<std::int64_t> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = bounds[0]->integers[0] + static_cast<std::int64_t>(i) * bounds[2]->integers[0];
  return in.set_output(0, integer_constant({count}, std::move(values)));
}

}  // namespace roofscape::onnx_import
