#include "analytics/network/onnx_import.h"

#include "analytics/base/text.h"
#include "analytics/network/onnx/element_type.h"
#include "analytics/network/onnx/importer.h"
#include "analytics/network/onnx/lowerings.h"

namespace roofscape {
namespace {

using onnx_import::BatchReading;
using onnx_import::Graph;
using onnx_import::Port;

// Why a graph input cannot be read, whatever its batch is.
Status check_input(const Port& input) {
  const std::string name = printable(input.name);
  RS_ASSIGN(const auto type, onnx_import::cast_target(input.element_type));
  if (type.type != onnx_import::Constant::Type::kFloat)
    return unimplemented("input '{}' holds integers or bools; networks with floating-point inputs are supported", name);
  if (!input.has_shape || input.dims.empty())
    return unimplemented("input '{}' has no shape; export the network with the sizes of its input", name);
  std::size_t open = 0, last_open = 0;
  for (std::size_t axis = 0; axis < input.dims.size(); ++axis) {
    if (input.dims[axis]) continue;
    ++open;
    last_open = axis;
  }
  const bool batch_elsewhere = open == 1 && last_open == 1 && input.dims[0].value_or(1) > 1;
  if (open > 1 || (open == 1 && last_open != 0 && !batch_elsewhere))
    return unimplemented("axis {} of input '{}' has no fixed size; export the network with the size of an image",
                         last_open, name);
  return {};
}

// How the input may be meant, most likely first. The batch is the axis without a size; else axis 0 of a single image,
// of anything with four axes, or where the output has as many rows; else there is none. What the axes of an input
// really mean shows in the operators, so that the others are tried where the first does not fit.
std::vector<BatchReading> batch_readings(const Port& input, const Port& output) {
  const auto& dims = input.dims;
  for (std::size_t axis = 0; axis < dims.size(); ++axis)
    if (!dims[axis]) return {{.axis = axis, .open = true}};
  const BatchReading first{.axis = 0, .size = *dims[0]}, none;
  if (dims.size() == 1) return {none, first};
  const bool like_output = !output.dims.empty() && output.dims[0] == dims[0];
  const bool likely = *dims[0] == 1 || dims.size() == 4 || like_output;
  std::vector<BatchReading> readings = likely ? std::vector{first, none} : std::vector{none, first};
  if (dims.size() == 3) readings.push_back({.axis = 1, .size = *dims[1]});  // a recurrent layer's own input
  return readings;
}

Result<Imported> import_graph(const Graph& graph) {
  RS_TRY(onnx_import::check_operators(graph));
  RS_TRY(check_input(graph.input));
  Status problem;
  for (const BatchReading& reading : batch_readings(graph.input, graph.output)) {
    Result<Imported> imported = onnx_import::Importer(graph, reading).run();
    if (imported.ok() || imported.status().code() == Code::kResourceExhausted) return imported;
    if (problem.ok()) problem = imported.status();
  }
  return problem;
}

}  // namespace

Result<Imported> import_onnx(std::span<const std::byte> bytes, const OnnxLimits& limits) {
  try {
    RS_ASSIGN(const Graph graph, onnx_import::read_graph(bytes, limits));
    return import_graph(graph);
  } catch (const std::bad_alloc&) {
    return resource_exhausted("not enough memory to import the ONNX file of {} bytes", bytes.size());
  }
}

}  // namespace roofscape
