// A weight tensor as the matrix that storage codes see, and its elements as the bits that are stored.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "analytics/arith/quantiser.h"
#include "analytics/network/tensor.h"

namespace roofscape::packed {

// Rows are a tensor's leading axes, row-major. The directions of a recurrent layer's tensor are matrices of
// `matrix_rows` rows, one below the other; blocks do not reach from one into the next. The columns of a convolution are
// runs of `taps`, one run a channel.
struct MatrixShape {
  std::int64_t rows = 0, columns = 0;
  std::int64_t matrix_rows = 0;
  std::int64_t taps = 1;

  std::int64_t size() const { return rows * columns; }
};
// Of [O, …] one matrix of O rows; `stacked`: of [D, R, C] D matrices of R rows.
MatrixShape matrix_shape(const Shape& shape, bool stacked);

// How a weight's value is written: the element of its format at its scale. No quantiser: the 32 bits of the float.
class ElementCode {
 public:
  // `shape` is the tensor's, whose axis the quantiser means; check() must hold.
  ElementCode(const Quantiser* quantiser, const Shape& shape);
  // Whether the quantiser's axis and scales agree with the tensor.
  static Status check(const Quantiser* quantiser, const Shape& shape);

  int bits() const { return format_.bits(); }
  const NumberFormat& format() const { return format_; }
  // Shared exponents of formats in blocks, each moved up by 127 (E8M0); empty for others.
  std::vector<std::uint8_t> shared_exponents(std::span<const float> values) const;
  std::int64_t shared_exponent_count() const;
  // Both for an element at its place in the tensor. A zero has no sign; codes need not be those of format's values.
  std::uint32_t code(float value, std::int64_t place, std::span<const std::uint8_t> exponents) const;
  float value(std::uint32_t code, std::int64_t place, std::span<const std::uint8_t> exponents) const;

 private:
  std::size_t channel(std::int64_t place) const;
  float block_scale(std::int64_t place, std::span<const std::uint8_t> exponents) const;
  std::size_t block_of(std::int64_t place) const;

  const Quantiser* quantiser_;
  NumberFormat format_, element_;
  Shape shape_;
  std::int64_t length_ = 1, inner_ = 1;  // of the quantiser's axis, and within each of its indexes
};

// A tensor to be stored, which must outlive it. Lists are made when first asked for and kept, and no value is looked at
// before: tensors that are known by their shape only are counted by it. Not thread-safe.
class WeightMatrix {
 public:
  WeightMatrix(const Tensor& tensor, const Quantiser* quantiser, bool stacked);

  const MatrixShape& shape() const { return shape_; }
  const ElementCode& element() const { return element_; }
  std::span<const float> values() const { return tensor_.values(); }
  bool is_zero(std::int64_t place) const { return values()[static_cast<std::size_t>(place)] == 0; }
  // Known by its shape only: no element is 0.
  bool is_shape_only() const { return tensor_.is_shape_only(); }
  // Places of the elements that are not 0, ascending.
  const std::shared_ptr<const std::vector<std::uint32_t>>& nonzero() const;
  const std::vector<std::uint8_t>& shared_exponents() const;
  const std::vector<std::uint32_t>& codes() const;

 private:
  MatrixShape shape_;
  ElementCode element_;
  const Tensor& tensor_;
  mutable std::shared_ptr<const std::vector<std::uint32_t>> nonzero_;
  mutable std::optional<std::vector<std::uint8_t>> exponents_;
  mutable std::optional<std::vector<std::uint32_t>> codes_;
};

}  // namespace roofscape::packed
