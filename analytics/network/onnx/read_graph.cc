#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <set>
#include <utility>

#include "analytics/base/lower_case.h"
#include "analytics/base/text.h"
#include "analytics/network/onnx/graph.h"
#include "analytics/network/onnx/read_tensor.h"
#include "analytics/network/onnx/wire_check.h"

namespace roofscape::onnx_import {
namespace {

using onnx::AttributeProto;

Status parse(std::span<const std::byte> bytes, const OnnxLimits& limits, onnx::ModelProto& model) {
  if (bytes.empty()) return invalid_argument("the ONNX file is empty");
  const std::size_t most = std::min<std::size_t>(static_cast<std::size_t>(std::max<std::int64_t>(limits.file_bytes, 0)),
                                                 std::numeric_limits<int>::max());
  if (bytes.size() > most)
    return resource_exhausted("the ONNX file has {} bytes; at most {} are accepted", bytes.size(), most);
  RS_TRY(check_wire(bytes));
  google::protobuf::io::ArrayInputStream array(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedInputStream stream(&array);
  stream.SetTotalBytesLimit(static_cast<int>(most));
  if (!model.ParseFromCodedStream(&stream) || !stream.ConsumedEntireMessage())
    return invalid_argument("the file is not ONNX, or it is damaged or cut short ({} bytes)", bytes.size());
  if (!model.has_graph()) return invalid_argument("the file is not ONNX: it holds no graph");
  return {};
}

bool is_onnx_domain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

// Version of each operator set that the file uses, by domain.
std::map<std::string, std::int64_t> opsets_of(const onnx::ModelProto& model) {
  std::map<std::string, std::int64_t> opsets;
  for (const auto& set : model.opset_import())
    opsets[is_onnx_domain(set.domain()) ? std::string() : set.domain()] = set.version();
  if (model.opset_import_size() == 0 && model.ir_version() < 3) opsets[""] = 1;
  return opsets;
}

AttributeProto::AttributeType type_of(const AttributeProto& proto) {
  if (proto.type() != AttributeProto::UNDEFINED) return proto.type();
  if (proto.has_i()) return AttributeProto::INT;
  if (proto.has_f()) return AttributeProto::FLOAT;
  if (proto.has_s()) return AttributeProto::STRING;
  if (proto.has_t()) return AttributeProto::TENSOR;
  if (proto.ints_size() > 0) return AttributeProto::INTS;
  if (proto.floats_size() > 0) return AttributeProto::FLOATS;
  if (proto.strings_size() > 0) return AttributeProto::STRINGS;
  return AttributeProto::UNDEFINED;
}

Result<Attribute> read_attribute(AttributeProto& proto, std::int64_t& budget) {
  switch (type_of(proto)) {
    case AttributeProto::INT: return Attribute(static_cast<std::int64_t>(proto.i()));
    case AttributeProto::FLOAT: return Attribute(proto.f());
    case AttributeProto::STRING: return Attribute(proto.s());
    case AttributeProto::INTS: return Attribute(std::vector<std::int64_t>(proto.ints().begin(), proto.ints().end()));
    case AttributeProto::FLOATS: return Attribute(std::vector<float>(proto.floats().begin(), proto.floats().end()));
    case AttributeProto::STRINGS:
      return Attribute(std::vector<std::string>(proto.strings().begin(), proto.strings().end()));
    case AttributeProto::TENSOR: {
      RS_ASSIGN(ConstantPtr tensor, read_tensor(*proto.mutable_t(), budget));
      return Attribute(std::move(tensor));
    }
    case AttributeProto::GRAPH:
    case AttributeProto::GRAPHS: return Attribute(UnreadableAttribute{"a subgraph"});
    default: return Attribute(UnreadableAttribute{fmt::format("of type {}", static_cast<int>(proto.type()))});
  }
}

// A printable name for every node: its own, its output's if that is a word, or its operator and an ordinal.
class NodeNames {
 public:
  std::string name(const onnx::NodeProto& proto) {
    const std::int64_t ordinal = ++ordinals_[proto.op_type()];
    if (!proto.name().empty()) return printable(proto.name());
    for (const std::string& output : proto.output())
      if (std::any_of(output.begin(), output.end(), [](unsigned char c) { return std::isalpha(c) != 0; }))
        return printable(output);
    return fmt::format("{}{}", lower_case(printable(proto.op_type())), ordinal);
  }

 private:
  std::map<std::string, std::int64_t> ordinals_;
};

Result<Node> read_node(onnx::NodeProto& proto, std::string name, const std::map<std::string, std::int64_t>& opsets,
                       std::int64_t& budget) {
  Node node;
  node.name = std::move(name);
  node.op = proto.op_type();
  node.domain = is_onnx_domain(proto.domain()) ? std::string() : proto.domain();
  const auto opset = opsets.find(node.domain);
  if (opset != opsets.end()) node.opset = opset->second;
  node.inputs.assign(proto.input().begin(), proto.input().end());
  node.outputs.assign(proto.output().begin(), proto.output().end());
  while (!node.inputs.empty() && node.inputs.back().empty()) node.inputs.pop_back();
  for (AttributeProto& attribute : *proto.mutable_attribute()) {
    Result<Attribute> value = read_attribute(attribute, budget);
    const std::string where = fmt::format("{}: attribute '{}'", node.description(), printable(attribute.name()));
    if (!value.ok()) return value.status().in(where);
    if (!node.attributes.emplace(attribute.name(), *std::move(value)).second)
      return invalid_argument("{} is given twice", where);
  }
  return node;
}

Port read_port(const onnx::ValueInfoProto& proto) {
  Port port{.name = proto.name(), .element_type = proto.type().tensor_type().elem_type()};
  port.has_shape = proto.type().tensor_type().has_shape();
  for (const auto& dim : proto.type().tensor_type().shape().dim()) {
    const bool fixed = dim.has_dim_value() && dim.dim_value() > 0;  // some exporters write 0 or -1 for "any"
    port.dims.push_back(fixed ? std::optional<std::int64_t>(dim.dim_value()) : std::nullopt);
  }
  return port;
}

Status read_initialisers(onnx::GraphProto& proto, std::int64_t& budget, Graph& graph) {
  if (proto.sparse_initializer_size() > 0)
    return unimplemented("the file holds sparse initialisers; save the weights as dense tensors");
  for (onnx::TensorProto& tensor : *proto.mutable_initializer()) {
    std::string name = tensor.name();
    if (name.empty()) return invalid_argument("an initialiser has no name");
    Result<ConstantPtr> constant = read_tensor(tensor, budget);
    if (!constant.ok()) return constant.status().in(fmt::format("initialiser '{}'", printable(name)));
    if (!graph.initialisers.emplace(name, *std::move(constant)).second)
      return invalid_argument("initialiser '{}' is given twice", printable(name));
  }
  return {};
}

// The graph input that carries data: not an initialiser, and read by a node that the output needs.
Status choose_input(const onnx::GraphProto& proto, Graph& graph) {
  std::vector<Port> read, unread;
  for (const auto& input : proto.input()) {
    if (graph.initialisers.count(input.name()) > 0) continue;  // IR 3 lists weights as inputs too
    (graph.readers.count(input.name()) > 0 ? read : unread).push_back(read_port(input));
  }
  if (read.empty()) return invalid_argument("the graph's output does not depend on any input; there is no network");
  if (read.size() > 1)
    return unimplemented("the graph reads {} inputs ('{}', '{}' …); networks with one are supported", read.size(),
                         printable(read[0].name), printable(read[1].name));
  for (const Port& port : unread) graph.notes.push_back(fmt::format("input '{}' is not used", printable(port.name)));
  graph.input = std::move(read.front());
  return {};
}

Result<std::vector<Node>> read_nodes(onnx::GraphProto& proto, const std::map<std::string, std::int64_t>& opsets,
                                     std::int64_t& budget) {
  if (proto.node_size() > NetworkLimits::kLayers)
    return resource_exhausted("the graph has {} nodes; at most {} are accepted", proto.node_size(),
                              NetworkLimits::kLayers);
  NodeNames names;
  std::vector<Node> nodes;
  for (onnx::NodeProto& node : *proto.mutable_node()) {
    RS_ASSIGN(Node read, read_node(node, names.name(node), opsets, budget));
    nodes.push_back(std::move(read));
  }
  return nodes;
}

Result<Graph> read_model(onnx::ModelProto& model, const OnnxLimits& limits) {
  Graph graph;
  const auto opsets = opsets_of(model);
  const auto opset = opsets.find("");
  if (opset == opsets.end())
    return invalid_argument("the file names no version of ONNX's operator set (opset_import); it needs one");
  graph.opset = opset->second;
  if (graph.opset < 1) return invalid_argument("the file uses opset {}; 1 is the first", graph.opset);
  graph.producer = printable(model.producer_name());

  onnx::GraphProto& proto = *model.mutable_graph();
  std::int64_t budget = limits.weight_elements;
  RS_TRY(read_initialisers(proto, budget, graph));
  RS_ASSIGN(std::vector<Node> nodes, read_nodes(proto, opsets, budget));
  graph.constant_elements = limits.weight_elements - budget;

  if (proto.output_size() == 0) return invalid_argument("the graph has no output");
  graph.output = read_port(proto.output(0));
  if (proto.output_size() > 1)
    graph.notes.push_back(fmt::format("the graph has {} outputs; the first, '{}', is used", proto.output_size(),
                                      printable(graph.output.name)));

  std::set<std::string> sources;
  for (const auto& [name, constant] : graph.initialisers) sources.insert(name);
  for (const auto& input : proto.input()) sources.insert(input.name());
  RS_ASSIGN(graph.nodes, order_nodes(std::move(nodes), {sources.begin(), sources.end()}, graph.output.name));
  for (const Node& node : graph.nodes)
    for (const std::string& input : node.inputs) ++graph.readers[input];
  ++graph.readers[graph.output.name];
  RS_TRY(choose_input(proto, graph));
  return graph;
}

}  // namespace

Result<Graph> read_graph(std::span<const std::byte> bytes, const OnnxLimits& limits) {
  try {
    onnx::ModelProto model;
    RS_TRY(parse(bytes, limits, model));
    return read_model(model, limits);
  } catch (const google::protobuf::FatalException& error) {
    return invalid_argument("the file could not be read as ONNX: {}", printable(error.what()));
  } catch (const std::bad_alloc&) {
    return resource_exhausted("not enough memory to read the ONNX file of {} bytes", bytes.size());
  }
}

}  // namespace roofscape::onnx_import
