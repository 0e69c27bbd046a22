#include "analytics/network/onnx_export.h"

#include "analytics/base/text.h"
#include "analytics/network/onnx/exporter.h"

namespace roofscape {
namespace onnx_export {

Result<std::string> Exporter::run() {
  for (const Layer& layer : network_.layers()) {
    layer_ = &layer;
    if (layer.as<op::Input>() != nullptr) {
      writer_.input(layer.name, layer.output_shape);
      values_.push_back(layer.name);
      continue;
    }
    inputs_.clear();
    if (Status status = check_quantisers(); !status.ok())
      return std::move(status).in(fmt::format("layer '{}'", printable(layer.name)));
    for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
      std::string read = values_[static_cast<std::size_t>(layer.inputs[i])];
      if (const Skips* skips = layer.arithmetic.skips.get(); i == 0 && skips != nullptr && skips->threshold > 0)
        read = part("Shrink", {read}, "shrink", {{"lambd", skips->threshold}, {"bias", 0.0F}});
      Result<std::string> value = quantised(read, layer.arithmetic.input(i), input_shape(i));
      if (!value.ok()) return value.status().in(fmt::format("layer '{}'", printable(layer.name)));
      inputs_.push_back(*std::move(value));
    }
    if (!layer.arithmetic.functions.empty())
      return unimplemented(
          "layer '{}': its function is a table of {} pieces, for which opset 13 has no operator; export the network "
          "without function_table",
          printable(layer.name), layer.arithmetic.functions[0]->slopes.size());
    if (const std::optional<Accumulator>& accumulator = layer.arithmetic.accumulator)
      return unimplemented(
          "layer '{}': its sums are kept in an accumulator of {} bits, for which neither ONNX nor QONNX has a form; "
          "export the network without accumulator",
          printable(layer.name), accumulator->bits);
    Result<std::string> output = export_layer(*this);
    if (!output.ok()) return output.status().in(fmt::format("layer '{}'", printable(layer.name)));
    values_.push_back(*std::move(output));
  }
  std::string output = values_[static_cast<std::size_t>(network_.output())];
  if (network_.output() == network_.input()) output = writer_.node("Identity", {output}, "output");
  writer_.output(output, network_.output_shape());
  return writer_.finish();
}

std::string Exporter::constant(std::size_t i, std::string_view suffix) {
  const Tensor& tensor = *layer_->constants[i];
  return writer_.floats(named(suffix), tensor.shape(), tensor.values());
}

std::string Exporter::widened(const std::string& value, std::size_t from_rank, std::size_t rank) {
  if (from_rank >= rank) return value;
  std::vector<std::int64_t> axes;
  for (std::size_t i = from_rank; i < rank; ++i) axes.push_back(static_cast<std::int64_t>(axes.size()) + 1);
  return part("Unsqueeze", {value, writer_.list(named("axes"), axes)}, "widen");
}

}  // namespace onnx_export

Result<std::string> export_onnx(const Network& network, const OnnxExportOptions& options) {
  RS_TRY(network.check_values());
  return onnx_export::Exporter(network, options).run();
}

}  // namespace roofscape
