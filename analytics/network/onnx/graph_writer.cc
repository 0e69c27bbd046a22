#include "analytics/network/onnx/graph_writer.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <limits>

namespace roofscape::onnx_export {
namespace {

constexpr std::int64_t kIrVersion = 7;  // that which came with opset 13
constexpr std::int64_t kOpset = 13;

template <typename T>
void set_raw(onnx::TensorProto& tensor, const Shape& shape, onnx::TensorProto::DataType type,
             std::span<const T> values) {
  for (const std::int64_t dim : shape) tensor.add_dims(dim);
  tensor.set_data_type(type);
  tensor.set_raw_data(reinterpret_cast<const char*>(values.data()), values.size_bytes());
}

void set_port(onnx::ValueInfoProto& port, const std::string& name, const Shape& image) {
  port.set_name(name);
  auto* type = port.mutable_type()->mutable_tensor_type();
  type->set_elem_type(onnx::TensorProto::FLOAT);
  type->mutable_shape()->add_dim()->set_dim_param("N");
  for (const std::int64_t dim : image) type->mutable_shape()->add_dim()->set_dim_value(dim);
}

struct SetAttribute {
  onnx::AttributeProto& proto;
  void operator()(std::int64_t value) const {
    proto.set_type(onnx::AttributeProto::INT);
    proto.set_i(value);
  }
  void operator()(float value) const {
    proto.set_type(onnx::AttributeProto::FLOAT);
    proto.set_f(value);
  }
  void operator()(const std::string& value) const {
    proto.set_type(onnx::AttributeProto::STRING);
    proto.set_s(value);
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    proto.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t value : values) proto.add_ints(value);
  }
};

}  // namespace

struct GraphWriter::Model {
  onnx::ModelProto proto;
};

GraphWriter::GraphWriter(std::string_view model_name) : model_(std::make_unique<Model>()) {
  onnx::ModelProto& proto = model_->proto;
  proto.set_ir_version(kIrVersion);
  proto.set_producer_name("roofscape");
  auto* opset = proto.add_opset_import();
  opset->set_domain("");
  opset->set_version(kOpset);
  proto.mutable_graph()->set_name(std::string(model_name));
}

GraphWriter::~GraphWriter() = default;

void GraphWriter::input(const std::string& name, const Shape& image) {
  ++names_[name];
  set_port(*model_->proto.mutable_graph()->add_input(), name, image);
}

void GraphWriter::output(const std::string& name, const Shape& image) {
  set_port(*model_->proto.mutable_graph()->add_output(), name, image);
}

std::string GraphWriter::unique(std::string_view name) {
  std::string candidate(name);
  std::int64_t& ordinal = names_[candidate];
  while (ordinal > 0) {
    candidate = fmt::format("{}_{}", name, ++ordinal);
    if (names_.find(candidate) == names_.end()) break;
  }
  ++names_[candidate];
  return candidate;
}

std::string GraphWriter::node_output(std::string_view op, std::vector<std::string> inputs, std::string_view name,
                                     std::size_t output, const Attributes& attributes) {
  onnx::NodeProto& node = *model_->proto.mutable_graph()->add_node();
  const std::string made = unique(name);
  node.set_name(made);
  node.set_op_type(std::string(op));
  for (std::string& input : inputs) node.add_input(std::move(input));
  for (std::size_t i = 0; i < output; ++i) node.add_output("");
  node.add_output(made);
  for (const auto& [key, value] : attributes) {
    onnx::AttributeProto& attribute = *node.add_attribute();
    attribute.set_name(key);
    std::visit(SetAttribute{attribute}, value);
  }
  return made;
}

std::string GraphWriter::node(std::string_view op, std::vector<std::string> inputs, std::string_view name,
                              const Attributes& attributes) {
  return node_output(op, std::move(inputs), name, 0, attributes);
}

std::string GraphWriter::node(const Domain& domain, std::string_view op, std::vector<std::string> inputs,
                              std::string_view name, const Attributes& attributes) {
  onnx::ModelProto& proto = model_->proto;
  onnx::OperatorSetIdProto* set = nullptr;
  for (int i = 0; i < proto.opset_import_size(); ++i)
    if (proto.opset_import(i).domain() == domain.name) set = proto.mutable_opset_import(i);
  if (set == nullptr) {
    set = proto.add_opset_import();
    set->set_domain(domain.name);
  }
  set->set_version(std::max<std::int64_t>(set->version(), domain.version));
  std::string made = node(op, std::move(inputs), name, attributes);
  proto.mutable_graph()->mutable_node(proto.graph().node_size() - 1)->set_domain(domain.name);
  return made;
}

std::string GraphWriter::floats(std::string_view name, const Shape& shape, std::span<const float> values) {
  onnx::TensorProto& tensor = *model_->proto.mutable_graph()->add_initializer();
  tensor.set_name(unique(name));
  set_raw(tensor, shape, onnx::TensorProto::FLOAT, values);
  return tensor.name();
}

std::string GraphWriter::integers(std::string_view name, const Shape& shape, std::span<const std::int64_t> values) {
  onnx::TensorProto& tensor = *model_->proto.mutable_graph()->add_initializer();
  tensor.set_name(unique(name));
  set_raw(tensor, shape, onnx::TensorProto::INT64, values);
  return tensor.name();
}

std::string GraphWriter::list(std::string_view name, const std::vector<std::int64_t>& values) {
  return integers(name, {static_cast<std::int64_t>(values.size())}, values);
}

std::string GraphWriter::bytes(std::string_view name, const Shape& shape, std::span<const std::int32_t> values,
                               bool is_signed) {
  onnx::TensorProto& tensor = *model_->proto.mutable_graph()->add_initializer();
  tensor.set_name(unique(name));
  std::vector<std::uint8_t> raw;
  raw.reserve(values.size());
  for (const std::int32_t value : values) raw.push_back(static_cast<std::uint8_t>(value));
  set_raw(tensor, shape, is_signed ? onnx::TensorProto::INT8 : onnx::TensorProto::UINT8,
          std::span<const std::uint8_t>(raw));
  return tensor.name();
}

Result<std::string> GraphWriter::finish() {
  if (model_->proto.ByteSizeLong() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    return resource_exhausted("the network would take {} bytes as ONNX; one file holds at most {}",
                              model_->proto.ByteSizeLong(), std::numeric_limits<int>::max());
  return model_->proto.SerializeAsString();
}

}  // namespace roofscape::onnx_export
