// Builds small ONNX models in memory for tests.
//
//   OnnxBuilder b(13);
//   b.input("x", {-1, 3, 8, 8});                       // -1: a named dimension, as of a batch
//   b.weight("w", {4, 3, 3, 3}, values);
//   b.node("Conv", {"x", "w"}, {"y"}).ints("pads", {1, 1, 1, 1});
//   b.output("y");
//   import_onnx(bytes_of(b.bytes()));
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace roofscape::testing {

// A node under construction: attributes are added one after the other.
class OnnxNode {
 public:
  explicit OnnxNode(onnx::NodeProto* proto) : proto_(proto) {}
  OnnxNode& name(const std::string& name) {
    proto_->set_name(name);
    return *this;
  }
  OnnxNode& domain(const std::string& domain) {
    proto_->set_domain(domain);
    return *this;
  }
  OnnxNode& integer(const std::string& name, std::int64_t value) {
    attribute(name, onnx::AttributeProto::INT)->set_i(value);
    return *this;
  }
  OnnxNode& real(const std::string& name, float value) {
    attribute(name, onnx::AttributeProto::FLOAT)->set_f(value);
    return *this;
  }
  OnnxNode& text(const std::string& name, const std::string& value) {
    attribute(name, onnx::AttributeProto::STRING)->set_s(value);
    return *this;
  }
  OnnxNode& ints(const std::string& name, const std::vector<std::int64_t>& values) {
    auto* proto = attribute(name, onnx::AttributeProto::INTS);
    for (const std::int64_t value : values) proto->add_ints(value);
    return *this;
  }
  OnnxNode& reals(const std::string& name, const std::vector<float>& values) {
    auto* proto = attribute(name, onnx::AttributeProto::FLOATS);
    for (const float value : values) proto->add_floats(value);
    return *this;
  }
  OnnxNode& texts(const std::string& name, const std::vector<std::string>& values) {
    auto* proto = attribute(name, onnx::AttributeProto::STRINGS);
    for (const std::string& value : values) proto->add_strings(value);
    return *this;
  }
  OnnxNode& tensor(const std::string& name, const onnx::TensorProto& value) {
    *attribute(name, onnx::AttributeProto::TENSOR)->mutable_t() = value;
    return *this;
  }
  onnx::NodeProto* proto() { return proto_; }

 private:
  onnx::AttributeProto* attribute(const std::string& name, onnx::AttributeProto::AttributeType type) {
    auto* proto = proto_->add_attribute();
    proto->set_name(name);
    proto->set_type(type);
    return proto;
  }
  onnx::NodeProto* proto_;
};

inline onnx::TensorProto onnx_tensor(const std::vector<std::int64_t>& dims, const std::vector<float>& values) {
  onnx::TensorProto tensor;
  for (const std::int64_t dim : dims) tensor.add_dims(dim);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const float value : values) tensor.add_float_data(value);
  return tensor;
}

inline onnx::TensorProto onnx_integers(const std::vector<std::int64_t>& dims, const std::vector<std::int64_t>& values) {
  onnx::TensorProto tensor;
  for (const std::int64_t dim : dims) tensor.add_dims(dim);
  tensor.set_data_type(onnx::TensorProto::INT64);
  for (const std::int64_t value : values) tensor.add_int64_data(value);
  return tensor;
}

// A tensor of any element type, by its number and the bytes that it has in a file.
inline onnx::TensorProto onnx_bytes(const std::vector<std::int64_t>& dims, std::int32_t type,
                                    const std::string& bytes) {
  onnx::TensorProto tensor;
  for (const std::int64_t dim : dims) tensor.add_dims(dim);
  tensor.set_data_type(type);
  tensor.set_raw_data(bytes);
  return tensor;
}

class OnnxBuilder {
 public:
  explicit OnnxBuilder(std::int64_t opset = 13) {
    model.set_ir_version(7);
    model.set_producer_name("test");
    auto* set = model.add_opset_import();
    set->set_domain("");
    set->set_version(opset);
    graph().set_name("g");
  }
  onnx::GraphProto& graph() { return *model.mutable_graph(); }

  // A negative dimension is a named one.
  void input(const std::string& name, const std::vector<std::int64_t>& dims) { port(*graph().add_input(), name, dims); }
  void output(const std::string& name, const std::vector<std::int64_t>& dims = {}) {
    port(*graph().add_output(), name, dims);
  }
  onnx::TensorProto* initialiser(const std::string& name, onnx::TensorProto tensor) {
    tensor.set_name(name);
    *graph().add_initializer() = std::move(tensor);
    return graph().mutable_initializer(graph().initializer_size() - 1);
  }
  onnx::TensorProto* weight(const std::string& name, const std::vector<std::int64_t>& dims,
                            const std::vector<float>& values) {
    return initialiser(name, onnx_tensor(dims, values));
  }
  // All elements 1, 2, 3 … times `step`.
  onnx::TensorProto* weight(const std::string& name, const std::vector<std::int64_t>& dims, float step = 0.25F) {
    std::int64_t count = 1;
    for (const std::int64_t dim : dims) count *= dim;
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i) values.push_back(static_cast<float>(i % 13 + 1) * step);
    return weight(name, dims, values);
  }
  onnx::TensorProto* integers(const std::string& name, const std::vector<std::int64_t>& values) {
    return initialiser(name, onnx_integers({static_cast<std::int64_t>(values.size())}, values));
  }
  OnnxNode node(const std::string& op, const std::vector<std::string>& inputs,
                const std::vector<std::string>& outputs) {
    auto* proto = graph().add_node();
    proto->set_op_type(op);
    for (const std::string& input : inputs) proto->add_input(input);
    for (const std::string& output : outputs) proto->add_output(output);
    return OnnxNode(proto);
  }
  std::string bytes() const { return model.SerializeAsString(); }

  onnx::ModelProto model;

 private:
  static void port(onnx::ValueInfoProto& proto, const std::string& name, const std::vector<std::int64_t>& dims) {
    proto.set_name(name);
    auto* type = proto.mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t dim : dims) {
      auto* out = type->mutable_shape()->add_dim();
      if (dim < 0)
        out->set_dim_param("N");
      else
        out->set_dim_value(dim);
    }
  }
};

inline std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace roofscape::testing
