// Network → ONNX (opset 13): quantised layers as QuantizeLinear/DequantizeLinear around the float operator, where 8-bit
// formats can say them; narrower integers as 8-bit ones whose values stay in the narrow range (a Clip before the
// QuantizeLinear keeps activations there). Weights and biases are written so that ONNX Runtime, which rewrites such
// layers with integer operators of its own, computes them as they are written: see export_layers.cc and
// export_quantised.cc.
//
//   RS_ASSIGN(std::string bytes, export_onnx(network, {.model_name = "lenet5"}));
//
// In the dialect QONNX each quantiser is one node of the domain qonnx.custom_op.general: Quant for integers of any
// width, BipolarQuant, FloatQuant for minifloats; weights are the floats that they stand for, with such a node behind
// them. Quantisers that add a zero point after rounding, which Quant cannot say, stay QuantizeLinear/DequantizeLinear.
//
// Fails with kUnimplemented, naming the layer, where the dialect has no form for a format.
#pragma once

#include <cstdint>
#include <string>

#include "analytics/base/status.h"
#include "analytics/network/network.h"

namespace roofscape {

struct OnnxExportOptions {
  // How signed weights of up to 8 bits are stored: the same integers, moved by the zero point or not.
  enum class Weights : std::uint8_t {
    kUint8,  // zero point moved up by 128: what ONNX Runtime multiplies exactly on every processor
    kInt8,   // as the quantiser has them, for compilers that take int8 weights only
  };
  enum class Dialect : std::uint8_t { kOnnx, kQonnx };
  std::string model_name = "roofscape";
  Weights weights = Weights::kUint8;  // of the dialect ONNX
  Dialect dialect = Dialect::kOnnx;
};

Result<std::string> export_onnx(const Network& network, const OnnxExportOptions& options = {});

}  // namespace roofscape
