// ONNX → Network.
//
//   RS_ASSIGN(Imported m, import_onnx(bytes));
//   m.network.input_shape();     // [3, 32, 32]
//
// The batch disappears: a file exported with batch 1, with a symbolic batch, or with an input without batch axis runs
// at any batch. Batch normalisations are folded, constants and shape chains evaluated, Dropout and Identity dropped.
// Any file, however damaged or hostile, ends in a Status that names node, operator and opset where there is one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/network.h"

namespace roofscape {

struct Imported {
  Network network;
  std::int64_t opset = 0;
  std::string producer;                // printable; may be empty
  std::vector<std::string> notes;      // what the importer changed or assumed, one sentence each
};

struct OnnxLimits {
  std::int64_t file_bytes = std::int64_t{2} << 30;
  std::int64_t weight_elements = NetworkLimits::kWeightElements;
};

Result<Imported> import_onnx(std::span<const std::byte> bytes, const OnnxLimits& limits = {});

}  // namespace roofscape
