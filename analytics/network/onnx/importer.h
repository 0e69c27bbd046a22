// Builds a network from a graph, node by node: what a lowering function sees of the import.
//
//   Status lower_relu(Importer& in) {
//     RS_ASSIGN(Signal x, in.signal(0));
//     RS_ASSIGN(x.layer, in.add(op::Activation{}, {x.layer}));
//     return in.set_output(0, x);
//   }
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "analytics/base/status.h"
#include "analytics/network/network.h"
#include "analytics/network/onnx/budget.h"
#include "analytics/network/onnx/constant.h"
#include "analytics/network/onnx/graph.h"
#include "analytics/network/onnx/signal.h"
#include "analytics/network/onnx_import.h"

namespace roofscape::onnx_import {

using Value = std::variant<ConstantPtr, Signal>;

// How the graph's input is read: which axis is the batch, if any, and the batch size that the file was exported for
// (1 if it was left open). Axes and constants that carry that size are brought down to 1.
struct BatchReading {
  std::optional<std::size_t> axis;
  std::int64_t size = 1;
  bool open = false;  // the file gives no size: it may be any at run time
};

class Importer {
 public:
  Importer(const Graph& graph, const BatchReading& reading);
  Result<Imported> run();

  // ---- The node at hand ----
  const Node& node() const { return *node_; }
  std::int64_t opset() const { return node_->opset; }
  std::int64_t batch_size() const { return reading_.size; }
  bool batch_is_open() const { return reading_.open; }
  std::size_t input_count() const { return node_->inputs.size(); }
  bool has_input(std::size_t i) const { return i < node_->inputs.size() && !node_->inputs[i].empty(); }
  bool is_constant(std::size_t i) const;
  // The i-th input, whichever it is.
  Result<Value> value(std::size_t i);
  // The i-th input, which must depend on the network's input.
  Result<Signal> signal(std::size_t i);
  // The i-th input, which must not; `role` names it in errors. Null where it is left out.
  Result<ConstantPtr> constant(std::size_t i, std::string_view role);
  // The same as a list of integers from input i, or else from the attribute of older opsets; nothing if neither is
  // there.
  Result<std::optional<std::vector<std::int64_t>>> list(std::size_t i, std::string_view attribute);
  // Whether the i-th output is there and read by something.
  bool output_used(std::size_t i) const;

  // ---- Building ----
  // Adds a layer, named after the node (and `suffix`), after checking that its shapes fit.
  Result<LayerId> add(Operation operation, std::vector<LayerId> inputs, std::vector<TensorPtr> constants = {},
                      std::string_view suffix = "");
  // Adds a layer that does nothing but quantise its input. In the end its readers quantise for themselves where they
  // can (place_quantisers.h).
  Result<LayerId> add_quantiser(LayerId x, QuantiserPtr quantiser, std::string_view suffix = "");
  // The signal's layer under exactly this shape, by a Reshape layer where it has another one.
  Result<LayerId> with_shape(const Signal& signal, const Shape& wanted);
  // … under the shape of one image.
  Result<LayerId> image(const Signal& signal) { return with_shape(signal, image_shape(signal)); }
  // The shape that is left when `axis` is the batch of the operator at hand; an error if its size is not 1.
  Result<Shape> shape_without_batch(const Signal& signal, std::size_t axis) const;
  const Shape& layer_shape(LayerId id) const { return shapes_[static_cast<std::size_t>(id)]; }
  // To fold into; only where the signal is `sole` and the layer's shapes stay what they are.
  Layer& layer(LayerId id) { return builder_.layer(id); }

  // A constant as it broadcasts against a signal whose batch axis is the `from_right`-th from the right (0: the last):
  // without its own axis there. An error if it differs from image to image.
  Result<ConstantPtr> without_batch(const ConstantPtr& constant, std::optional<std::size_t> from_right);

  Budget& budget() { return budget_; }
  // New weights, paid for.
  Result<std::vector<float>> new_values(std::int64_t count);

  Status set_output(std::size_t i, Signal signal);
  Status set_output(std::size_t i, ConstantPtr constant);
  void note(std::string sentence);

 private:
  Status read_input();
  Status import_node();
  // The integers that the node at hand moves from its inputs to its outputs, if there are any.
  Result<QuantiserPtr> moved_codes() const;
  Status mark_codes(const QuantiserPtr& codes);
  std::string unique(std::string name);
  Status bind(std::size_t i, Value value);
  const Value* find(std::string_view name) const;

  const Graph& graph_;
  const BatchReading reading_;
  Budget budget_;
  NetworkBuilder builder_;
  std::vector<Shape> shapes_;        // of the builder's layers
  std::vector<LayerId> quantisers_;  // layers that only quantise
  std::map<std::string, Value, std::less<>> values_;
  std::unordered_set<std::string> names_;
  std::unordered_map<std::string, std::int64_t> ordinals_;
  std::vector<std::string> notes_;
  const Node* node_ = nullptr;
  bool node_named_ = false;  // the node's own name is already a layer's
};

}  // namespace roofscape::onnx_import
