// Network → ONNX (opset 13): quantised layers as QuantizeLinear/DequantizeLinear around the float operator, where 8-bit
// formats can say them; narrower integers as 8-bit ones whose values stay in the narrow range (a Clip before the
// QuantizeLinear keeps activations there).
//
//   RS_ASSIGN(std::string bytes, export_onnx(network, {.model_name = "lenet5"}));
//
// Fails with kUnimplemented, naming the layer, where a format has no standard ONNX form.
#pragma once

#include <string>

#include "analytics/base/status.h"
#include "analytics/network/network.h"

namespace roofscape {

struct OnnxExportOptions {
  std::string model_name = "roofscape";
};

Result<std::string> export_onnx(const Network& network, const OnnxExportOptions& options = {});

}  // namespace roofscape
