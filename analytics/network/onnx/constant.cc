#include "analytics/network/onnx/constant.h"

#include <algorithm>
#include <utility>

#include "analytics/network/network.h"

namespace roofscape::onnx_import {

ConstantPtr float_constant(Shape shape, std::vector<float> values) {
  auto constant = std::make_shared<Constant>();
  constant->shape = shape;
  constant->floats = make_tensor(std::move(shape), std::move(values));
  return constant;
}

ConstantPtr integer_constant(Shape shape, std::vector<std::int64_t> values, Constant::Type type,
                             std::int32_t element_type) {
  auto constant = std::make_shared<Constant>();
  constant->shape = std::move(shape);
  constant->type = type;
  constant->integers = std::move(values);
  constant->element_type = element_type;
  return constant;
}

TensorPtr as_tensor(const Constant& constant) {
  if (constant.is_float()) return constant.floats;
  return make_tensor(constant.shape, std::vector<float>(constant.integers.begin(), constant.integers.end()));
}

Result<std::vector<std::int64_t>> as_list(const Constant& constant, std::string_view role) {
  if (constant.is_float()) return invalid_argument("its {} are floating-point numbers; integers are needed", role);
  if (constant.shape.size() > 1)
    return invalid_argument("its {} have shape {}; a list (rank 1) is needed", role, to_string(constant.shape));
  return constant.integers;
}

Result<double> as_scalar(const Constant& constant, std::string_view role) {
  if (constant.size() != 1)
    return invalid_argument("its {} has shape {}; one number is needed", role, to_string(constant.shape));
  return constant.number(0);
}

Result<std::int64_t> checked_count(std::span<const std::int64_t> dims, std::int64_t limit) {
  if (dims.size() > NetworkLimits::kRank)
    return resource_exhausted("a tensor has {} dimensions; at most {} are supported", dims.size(),
                              NetworkLimits::kRank);
  std::int64_t count = 1;  // of a tensor in which empty axes were 1, so that no product of dimensions overflows
  bool empty = false;
  for (const std::int64_t dim : dims) {
    if (dim < 0) return invalid_argument("a tensor has the dimension {}; it must not be negative", dim);
    empty |= dim == 0;
    if (dim > 0 && count > limit / dim)
      return resource_exhausted("a tensor of shape {} has more than {} elements",
                                to_string(Shape(dims.begin(), dims.end())), limit);
    count *= std::max<std::int64_t>(dim, 1);
  }
  return empty ? 0 : count;
}

}  // namespace roofscape::onnx_import
