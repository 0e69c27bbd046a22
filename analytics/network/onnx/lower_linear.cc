// QuantizeLinear and DequantizeLinear.
#include <utility>

#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/quantised.h"

namespace roofscape::onnx_import {
namespace {

Result<LinearInputs> linear_inputs(Importer& in) {
  RS_ASSIGN(const std::int64_t block_size, in.node().integer("block_size", 0));
  if (block_size != 0)
    return unimplemented("block_size is {}; one scale a tensor or a channel is supported", block_size);
  LinearInputs inputs{.scale = 1, .zero_point = 2};
  RS_ASSIGN(inputs.axis, in.node().integer("axis", 1));
  return inputs;
}

}  // namespace

Status lower_quantize_linear(Importer& in) {
  RS_ASSIGN(const std::int64_t saturate, in.node().integer("saturate", 1));
  if (saturate != 1) return unimplemented("saturate is {}; numbers beyond the range must saturate (1)", saturate);
  RS_ASSIGN(const LinearInputs inputs, linear_inputs(in));
  RS_ASSIGN(Value x, in.value(0));
  return set_quantised(in, std::move(x), inputs);
}

Status lower_dequantize_linear(Importer& in) {
  RS_ASSIGN(const LinearInputs inputs, linear_inputs(in));
  RS_ASSIGN(Value x, dequantised(in, 0, inputs));
  if (const ConstantPtr* constant = std::get_if<ConstantPtr>(&x)) return in.set_output(0, *constant);
  return in.set_output(0, std::get<Signal>(std::move(x)));
}

Status lower_dynamic_quantize_linear(Importer&) {
  return unimplemented(
      "it chooses scale and zero point anew for every input, so that no fixed hardware can be priced; quantise the "
      "network statically (QuantizeLinear)");
}

}  // namespace roofscape::onnx_import
