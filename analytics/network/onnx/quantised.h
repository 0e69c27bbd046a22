// What the lowering functions of quantisation operators share: reading grids, and putting values on them.
//
// ONNX's QuantizeLinear gives integers, its DequantizeLinear the numbers that they stand for; QONNX's Quant does both.
// Here a quantised value always is those numbers, and a Signal whose `codes` are set means their integers in the file.
// So every quantised operator is read as DequantizeLinear, the operator on numbers, QuantizeLinear.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/onnx/importer.h"

namespace roofscape::onnx_import {

// A parameter of a quantiser: one number (axis = Quantiser::kPerTensor), or one for each index along an axis of x.
struct Spread {
  std::vector<double> values;
  int axis = Quantiser::kPerTensor;
};
// As numpy broadcasts a constant against x. `role` names it in errors.
Result<Spread> broadcast_spread(const Constant& constant, const Shape& x, std::string_view role);
// As ONNX's operators mean it: one number, or a list along `axis`, which may be negative.
Result<Spread> listed_spread(const Constant& constant, const Shape& x, std::int64_t axis, std::string_view role);
// The i-th input, which must be there and constant.
Result<ConstantPtr> parameter(Importer& in, std::size_t i, std::string_view role);

// A checked quantiser; scale and zero point may be spread along one axis, and the same. Axes are those of the file.
Result<Quantiser> make_quantiser(NumberFormat format, const Spread& scale, const Spread& zero_point);

// The integer format that holds just these integers, if there is one.
std::optional<NumberFormat> format_between(std::int64_t lowest, std::int64_t highest);

// x rounded to q's grid. The constant remembers the grid, unless its numbers do not give back their codes exactly.
Result<ConstantPtr> on_grid(Importer& in, const ConstantPtr& x, const Quantiser& q);
// … by a layer; q's axis is one of the file's.
Result<Signal> on_grid(Importer& in, Signal x, Quantiser q, std::string_view suffix = "");
// Sets output 0 to x rounded to q's grid.
Status set_on_grid(Importer& in, const Value& x, Quantiser q);

// x, whose integers are known, as the numbers that they stand for with this scale and zero point.
Result<Signal> recoded(Importer& in, Signal x, const Quantiser& as);
// Integers as the numbers that they are; any other signal as it is.
Result<Signal> as_numbers(Importer& in, Signal x);

// Scale and zero point of an ONNX operator's operand, at inputs `scale` and `zero_point` (which may be left out).
struct LinearInputs {
  std::size_t scale, zero_point;
  std::int64_t axis = 1;
};
// What the integers of input i stand for: a Signal of numbers, or a constant that knows its grid.
Result<Value> dequantised(Importer& in, std::size_t i, const LinearInputs& linear);
// Output 0 is y as integers.
Status set_quantised(Importer& in, Value y, const LinearInputs& linear);

}  // namespace roofscape::onnx_import
