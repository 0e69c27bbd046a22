// A tensor whose values are known at import: a weight, a shape, a list of axes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analytics/arith/quantiser.h"
#include "analytics/base/status.h"
#include "analytics/network/tensor.h"

namespace roofscape::onnx_import {

// ONNX's number types collapse to three: all floating-point types become fp32, all integers int64, and bool.
struct Constant {
  enum class Type : std::uint8_t { kFloat, kInteger, kBool };

  Shape shape;
  Type type = Type::kFloat;
  TensorPtr floats;                    // of kFloat, with the same shape
  std::vector<std::int64_t> integers;  // of the others, row-major; bools are 0 and 1
  std::int32_t element_type = 0;       // as the file has it (element_type.h); 0: unknown
  // The grid on which floats lie, with ties to even; of integers, whose codes they are. Null: none is known.
  QuantiserPtr quantiser;

  bool is_float() const { return type == Type::kFloat; }
  std::int64_t size() const { return is_float() ? floats->size() : static_cast<std::int64_t>(integers.size()); }
  double number(std::size_t i) const {
    return is_float() ? static_cast<double>(floats->values()[i]) : static_cast<double>(integers[i]);
  }
};
using ConstantPtr = std::shared_ptr<const Constant>;

ConstantPtr float_constant(Shape shape, std::vector<float> values);
ConstantPtr integer_constant(Shape shape, std::vector<std::int64_t> values,
                             Constant::Type type = Constant::Type::kInteger, std::int32_t element_type = 0);

// The values as fp32, converted where they are integers.
TensorPtr as_tensor(const Constant& constant);
// The values of an integer constant of rank 0 or 1; `role` names it in the error.
Result<std::vector<std::int64_t>> as_list(const Constant& constant, std::string_view role);
// The only value of a constant with one element.
Result<double> as_scalar(const Constant& constant, std::string_view role);

// Product of dimensions that a file states: an error if one is negative, kResourceExhausted beyond `limit`.
Result<std::int64_t> checked_count(std::span<const std::int64_t> dims, std::int64_t limit);

}  // namespace roofscape::onnx_import
