// ONNX → Network.
//
//   RS_ASSIGN(Imported m, import_onnx(bytes));
//   m.network.input_shape();     // [3, 32, 32]
//
// The batch disappears: a file exported with a symbolic batch, with a fixed one, or with an input without batch axis
// runs at any batch. The batch is the input's axis without a fixed size; else axis 0 where that is 1, where the input
// has four axes or where the output has as many rows; else there is none (an axis of another meaning is then an error,
// and the next of these readings is tried). Batch normalisations are folded, constants and shape chains evaluated,
// Dropout and Identity dropped. Quantised files (QONNX's operators, ONNX's QuantizeLinear, QLinearConv …) give layers
// with quantisers (docs/onnx.md). Any file, however damaged or hostile, ends in a Status that names node, operator and
// opset where there is one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/network.h"

namespace roofscape {

struct Imported {
  Network network;
  std::int64_t opset = 0;
  std::string producer{};            // printable; may be empty
  std::vector<std::string> notes{};  // what the importer changed or assumed, one sentence each
  // How the file means its batch: the axis of its input and output, where they have one, and the size that it was
  // exported for (1 if it was left open). The network itself has no batch axis.
  std::optional<std::size_t> input_batch_axis{}, output_batch_axis{};
  std::int64_t batch_size = 1;
};

struct OnnxLimits {
  std::int64_t file_bytes = std::int64_t{2} << 30;
  std::int64_t weight_elements = NetworkLimits::kWeightElements;
};

Result<Imported> import_onnx(std::span<const std::byte> bytes, const OnnxLimits& limits = {});

}  // namespace roofscape
