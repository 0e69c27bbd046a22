// Network → ONNX: what the function that writes one operation sees.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/network.h"
#include "analytics/network/onnx/graph_writer.h"
#include "analytics/network/onnx_export.h"

namespace roofscape::onnx_export {

inline constexpr std::string_view kQonnxDomain = "qonnx.custom_op.general";

class Exporter {
 public:
  Exporter(const Network& network, const OnnxExportOptions& options)
      : network_(network), options_(options), writer_(options.model_name) {}
  Result<std::string> run();

  GraphWriter& writer() { return writer_; }
  const Layer& layer() const { return *layer_; }
  // The value that input i reads, with what its quantiser makes of it.
  const std::string& input(std::size_t i) const { return inputs_[i]; }
  // Shape of one image of that value.
  const Shape& input_shape(std::size_t i) const { return network_.layer(layer_->inputs[i]).output_shape; }
  // A node of the layer at hand that gives the layer's output …
  std::string result(std::string_view op, std::vector<std::string> inputs,
                     const GraphWriter::Attributes& attributes = {}) {
    return writer_.node(op, std::move(inputs), layer_->name, attributes);
  }
  // … or something on the way there.
  std::string part(std::string_view op, std::vector<std::string> inputs, std::string_view suffix,
                   const GraphWriter::Attributes& attributes = {}) {
    return writer_.node(op, std::move(inputs), named(suffix), attributes);
  }
  std::string named(std::string_view suffix) const { return fmt::format("{}/{}", layer_->name, suffix); }
  bool qonnx() const { return options_.dialect == OnnxExportOptions::Dialect::kQonnx; }
  // A node of QONNX's domain that gives the layer's output.
  std::string qonnx_result(std::string_view op, std::vector<std::string> inputs,
                           const GraphWriter::Attributes& attributes, std::int64_t version = 1) {
    return writer_.node({std::string(kQonnxDomain), version}, op, std::move(inputs), layer_->name, attributes);
  }
  // Version of QONNX's operators that a Trunc of the file needs; 0 so far if there is none.
  std::int64_t& trunc_version() { return trunc_version_; }
  // Whether a DequantizeLinear gives the first input of the layer at hand.
  bool reads_dequantised() const;
  // Whether a DequantizeLinear gives its weight.
  bool stores_integers() const;
  // Constant i as floats.
  std::string constant(std::size_t i, std::string_view suffix);
  // Constant 0, as 8-bit integers and a DequantizeLinear (QONNX: as floats and a Quant) where its quantiser can be said
  // so.
  std::string weight();
  // Constant i of a layer whose weights are several tensors, in QONNX with a Quant behind it.
  std::string weight_part(std::size_t i, std::string_view suffix);
  // The same of a dense layer's [O, I] as [I, O].
  std::string transposed_weight();
  // `value` with image axes of size 1 in front, so that it has `rank` of them.
  std::string widened(const std::string& value, std::size_t from_rank, std::size_t rank);

 private:
  // export_quantised.cc: what `quantiser` makes of a value.
  Result<std::string> quantised(const std::string& value, const QuantiserPtr& quantiser, const Shape& shape);
  std::string dequantised_weight(const Shape& shape, std::span<const float> values, int axis);
  // export_qonnx.cc: the same as a node of QONNX; `shape` is the value's in the file, and so is q's axis.
  std::string qonnx_quantised(const std::string& value, const Quantiser& q, const Shape& shape,
                              std::string_view suffix);
  // Whether the dialect can say what the layer's quantisers do.
  Status check_quantisers() const;

  const Network& network_;
  const OnnxExportOptions& options_;
  GraphWriter writer_;
  std::int64_t trunc_version_ = 0;
  const Layer* layer_ = nullptr;
  std::vector<std::string> inputs_;
  std::vector<std::string> values_;                                            // name of each layer's output
  std::map<std::pair<std::string, const Quantiser*>, std::string> quantised_;  // done already, for another reader
};

// export_layers.cc: writes the nodes of the layer at hand and returns the name of its output.
Result<std::string> export_layer(Exporter& out);
// export_pool.cc, export_recurrent.cc, export_activation.cc
std::string export_operation(Exporter& out, const op::Pool& o);
std::string export_operation(Exporter& out, const op::Recurrent& o);
std::string export_operation(Exporter& out, const op::Activation& o);
// export_qonnx.cc
Result<std::string> export_operation(Exporter& out, const op::MultiThreshold& o);
Result<std::string> export_operation(Exporter& out, const op::Truncate& o);

}  // namespace roofscape::onnx_export
