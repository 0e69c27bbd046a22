// Writes an ONNX graph of opset 13, node by node; the only part of the export that sees protobuf.
//
//   GraphWriter w("lenet5");
//   w.input("x", {1, 28, 28});
//   std::string y = w.node("Relu", {"x"}, "relu1");
//   w.output(y, {1, 28, 28});
//   RS_ASSIGN(std::string bytes, w.finish());
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/tensor.h"

namespace roofscape::onnx_export {

class GraphWriter {
 public:
  using Attribute = std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>>;
  using Attributes = std::vector<std::pair<std::string, Attribute>>;

  explicit GraphWriter(std::string_view model_name);
  ~GraphWriter();

  // Shapes of one image; a batch axis named "N" goes in front.
  void input(const std::string& name, const Shape& image);
  void output(const std::string& name, const Shape& image);

  // Adds a node and returns the name of its output: `name`, or `name` with an ordinal where that is taken.
  std::string node(std::string_view op, std::vector<std::string> inputs, std::string_view name,
                   const Attributes& attributes = {});
  // A node of another domain than ONNX's own, in (at least) that version of its operators.
  struct Domain {
    std::string name;
    std::int64_t version = 1;
  };
  std::string node(const Domain& domain, std::string_view op, std::vector<std::string> inputs, std::string_view name,
                   const Attributes& attributes = {});
  // A node whose output `output` (0 is the first) is wanted; the others are left out.
  std::string node_output(std::string_view op, std::vector<std::string> inputs, std::string_view name,
                          std::size_t output, const Attributes& attributes);

  // Initialisers; each returns its name.
  std::string floats(std::string_view name, const Shape& shape, std::span<const float> values);
  std::string number(std::string_view name, float value) { return floats(name, {}, {&value, 1}); }
  std::string integers(std::string_view name, const Shape& shape, std::span<const std::int64_t> values);
  std::string list(std::string_view name, const std::vector<std::int64_t>& values);
  std::string bytes(std::string_view name, const Shape& shape, std::span<const std::int32_t> values, bool is_signed);

  // kResourceExhausted where the file would be larger than protobuf allows.
  Result<std::string> finish();

 private:
  struct Model;
  std::string unique(std::string_view name);

  std::unique_ptr<Model> model_;
  std::map<std::string, std::int64_t, std::less<>> names_;
};

}  // namespace roofscape::onnx_export
