// LSTM and GRU: ONNX's [sequence, batch, input] becomes the layer's [sequence, input].
#include <algorithm>
#include <utility>

#include "analytics/base/lower_case.h"
#include "analytics/base/text.h"
#include "analytics/network/onnx/fold.h"
#include "analytics/network/onnx/lowerings.h"
#include "analytics/network/onnx/signal_ops.h"

namespace roofscape::onnx_import {
namespace {

using Output = op::Recurrent::Output;

Result<op::Recurrent> read_attributes(Importer& in) {
  op::Recurrent r;
  const bool lstm = in.node().op == "LSTM";
  r.kind = lstm ? op::Recurrent::Kind::kLstm : op::Recurrent::Kind::kGru;
  RS_ASSIGN(const std::string direction, in.node().text("direction", "forward"));
  if (direction == "forward")
    r.direction = op::Recurrent::Direction::kForward;
  else if (direction == "reverse")
    r.direction = op::Recurrent::Direction::kReverse;
  else if (direction == "bidirectional")
    r.direction = op::Recurrent::Direction::kBidirectional;
  else
    return invalid_argument("its direction is '{}'; forward, reverse and bidirectional exist", printable(direction));
  RS_ASSIGN(const std::int64_t linear, in.node().integer("linear_before_reset", 0));
  r.linear_before_reset = !lstm && linear != 0;

  RS_ASSIGN(const std::int64_t forget, in.node().integer("input_forget", 0));
  if (forget != 0) return unimplemented("input_forget couples its gates; only separate gates are supported");
  RS_ASSIGN(const float clip, in.node().real("clip", 0));
  if (clip != 0) return unimplemented("it clips its gates at {}; only unclipped ones are supported", clip);
  RS_ASSIGN(auto activations, in.node().texts("activations"));
  const std::vector<std::string> usual =
      lstm ? std::vector<std::string>{"sigmoid", "tanh", "tanh"} : std::vector<std::string>{"sigmoid", "tanh"};
  for (std::size_t i = 0; i < activations.size(); ++i) {
    const std::string name = lower_case(activations[i]);
    if (name != usual[i % usual.size()])
      return unimplemented("its activation {} is '{}'; only the default, {}, is supported", i, printable(name),
                           usual[i % usual.size()]);
  }
  return r;
}

// Sequences that all have the full length are like none at all.
Status check_lengths(Importer& in, std::int64_t sequence) {
  RS_ASSIGN(const ConstantPtr lengths, in.constant(4, "sequence_lens"));
  if (!lengths || lengths->is_float()) return {};
  for (const std::int64_t length : lengths->integers)
    if (length != sequence)
      return unimplemented(
          "its sequence_lens hold {}, shorter than the {} steps of its input; only whole sequences are "
          "supported",
          length, sequence);
  return {};
}

// An initial state [D, batch, H], or, with layout 1, [batch, D, H], as [D, H]; null if it is left out or 0.
Result<TensorPtr> read_state(Importer& in, std::size_t i, bool batch_first) {
  RS_ASSIGN(ConstantPtr state, in.constant(i, "initial state"));
  if (!state) return TensorPtr();
  if (state->shape.size() != 3)
    return invalid_argument("its initial state is {}; 3 axes are needed", to_string(state->shape));
  RS_ASSIGN(state, in.without_batch(state, batch_first ? 2 : 1));
  const TensorPtr tensor = as_tensor(*state);
  const auto values = tensor->values();
  return std::all_of(values.begin(), values.end(), [](float v) { return v == 0; }) ? TensorPtr() : tensor;
}

Result<TensorPtr> read_weight(Importer& in, std::size_t i, std::string_view role) {
  RS_ASSIGN(const ConstantPtr weight, in.constant(i, role));
  return weight ? as_tensor(*weight) : TensorPtr();
}

// The grid of both weights, if they have one and the same.
Result<QuantiserPtr> weight_grid(Importer& in) {
  RS_ASSIGN(const ConstantPtr input, in.constant(1, "input weight"));
  RS_ASSIGN(const ConstantPtr recurrence, in.constant(2, "recurrence weight"));
  const bool same = input && recurrence && input->quantiser && recurrence->quantiser &&
                    *input->quantiser == *recurrence->quantiser && !input->quantiser->per_channel();
  return same ? input->quantiser : QuantiserPtr();
}

// Adds the layer for one of the node's outputs and gives it the node's shape.
Status add_output(Importer& in, std::size_t i, op::Recurrent r, LayerId input, const std::vector<TensorPtr>& constants,
                  const QuantiserPtr& grid, bool batched, bool batch_first) {
  constexpr Output kOutputs[] = {Output::kSequence, Output::kLastHidden, Output::kLastCell};
  constexpr std::string_view kSuffixes[] = {"", "hidden", "cell"};
  r.output = kOutputs[i];
  // The first layer of a node bears its name alone.
  const bool first = !in.output_used(0) && (i == 1 || !in.output_used(1));
  RS_ASSIGN(const LayerId layer, in.add(r, {input}, constants, first ? "" : kSuffixes[i]));
  in.layer(layer).arithmetic.weight = grid;
  Signal y{.layer = layer, .shape = in.layer_shape(layer)};    // [S, D, H] or [D, H]
  const std::size_t batch = batch_first ? 0 : i == 0 ? 2 : 1;  // layout 1: [batch, S, D, H] and [batch, D, H]
  y.shape.insert(y.shape.begin() + static_cast<std::ptrdiff_t>(batch), 1);
  if (batched) y.batch = batch;
  return in.set_output(i, std::move(y));
}

}  // namespace

Status lower_recurrent(Importer& in) {
  RS_ASSIGN(const Signal x, in.signal(0));
  if (x.rank() != 3) return invalid_argument("its input is {}; 3 axes are needed", to_string(x.shape));
  RS_ASSIGN(const std::int64_t layout, in.node().integer("layout", 0));
  const bool batch_first = layout != 0;
  RS_ASSIGN(const op::Recurrent r, read_attributes(in));
  RS_ASSIGN(const Shape image, in.shape_without_batch(x, batch_first ? 0 : 1));
  RS_TRY(check_lengths(in, image[0]));

  std::vector<TensorPtr> constants(6);
  RS_ASSIGN(constants[0], read_weight(in, 1, "input weight"));
  RS_ASSIGN(constants[1], read_weight(in, 2, "recurrence weight"));
  RS_ASSIGN(constants[2], read_weight(in, 3, "bias"));
  RS_ASSIGN(constants[3], read_state(in, 5, batch_first));
  if (r.kind == op::Recurrent::Kind::kLstm) {
    RS_ASSIGN(constants[4], read_state(in, 6, batch_first));
    RS_ASSIGN(constants[5], read_weight(in, 7, "peephole weight"));
  }
  RS_ASSIGN(const std::int64_t hidden, in.node().integer("hidden_size", 0));
  if (hidden != 0 && constants[1] && constants[1]->shape().size() == 3 && constants[1]->shape()[2] != hidden)
    return invalid_argument("its hidden_size is {}; its recurrence weight is {}", hidden,
                            to_string(constants[1]->shape()));

  RS_ASSIGN(const QuantiserPtr grid, weight_grid(in));
  RS_ASSIGN(const LayerId input, in.with_shape(x, image));
  for (std::size_t i = 0; i < 3; ++i)
    if (in.output_used(i)) RS_TRY(add_output(in, i, r, input, constants, grid, x.batch.has_value(), batch_first));
  return {};
}

}  // namespace roofscape::onnx_import
