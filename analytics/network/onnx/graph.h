// An ONNX graph, read and checked, without protobuf: what the folder and the lowering functions work on.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/onnx/constant.h"
#include "analytics/network/onnx_import.h"

namespace roofscape::onnx_import {

// An attribute of a kind that no known operator takes (a subgraph, a sparse tensor …); the text says which.
struct UnreadableAttribute {
  std::string kind;
};
using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>,
                               std::vector<std::string>, ConstantPtr, UnreadableAttribute>;

// One node. The accessors return the default where the attribute is absent and an error where it has another type.
struct Node {
  std::string name;                          // printable; never empty: given, or its output's, or "conv3"
  std::string op;                            // as in the file
  std::string domain;                        // "" is ONNX's own
  std::int64_t opset = 0;                    // of its domain
  std::vector<std::string> inputs, outputs;  // "" where an optional one is left out
  std::map<std::string, Attribute, std::less<>> attributes;

  bool has(std::string_view attribute) const { return attributes.find(attribute) != attributes.end(); }
  Result<std::int64_t> integer(std::string_view attribute, std::int64_t otherwise) const;
  Result<float> real(std::string_view attribute, float otherwise) const;
  Result<std::string> text(std::string_view attribute, std::string_view otherwise) const;
  Result<std::vector<std::int64_t>> integers(std::string_view attribute, std::vector<std::int64_t> otherwise) const;
  Result<std::vector<float>> reals(std::string_view attribute) const;
  Result<std::vector<std::string>> texts(std::string_view attribute) const;
  Result<ConstantPtr> tensor(std::string_view attribute) const;  // null where absent

  // "node 'conv1' (Conv, opset 13)", to begin an error message.
  std::string description() const;
};

// A graph input or output; a dimension is absent where the file gives a name or nothing instead of a size.
struct Port {
  std::string name;
  std::int32_t element_type = 0;  // onnx::TensorProto::DataType
  bool has_shape = false;
  std::vector<std::optional<std::int64_t>> dims{};
};

struct Graph {
  std::int64_t opset = 0;  // of ONNX's own domain
  std::string producer;    // printable
  Port input;              // the one input that is no initialiser
  Port output;             // the first output
  std::map<std::string, ConstantPtr, std::less<>> initialisers;
  std::vector<Node> nodes;                                   // those that the output needs, in topological order
  std::map<std::string, std::int64_t, std::less<>> readers;  // how often a value is read (as the output, once more)
  std::int64_t constant_elements = 0;                        // in initialisers and tensor attributes
  std::vector<std::string> notes;
};

// Parses and checks a file: sizes, names, order. Never recurses along the graph.
Result<Graph> read_graph(std::span<const std::byte> bytes, const OnnxLimits& limits);

// Keeps the nodes that `output` needs and puts them into topological order, the file's own where it is one; an error
// names a node that reads what nothing produces or that stands on a cycle.
Result<std::vector<Node>> order_nodes(std::vector<Node> nodes, const std::vector<std::string>& sources,
                                      const std::string& output);

}  // namespace roofscape::onnx_import
