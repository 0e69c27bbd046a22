#include "analytics/network/onnx/exporter.h"

namespace roofscape::onnx_export {
namespace {

using List = std::vector<std::int64_t>;

// An initial state [D, H] as ONNX wants it: [D, batch, H], repeated for however many images there are.
std::string initial_state(Exporter& out, std::size_t i, std::string_view suffix) {
  if (i >= out.layer().constants.size() || !out.layer().constants[i]) return "";
  const Tensor& state = *out.layer().constants[i];
  GraphWriter& w = out.writer();
  const std::string one_image = w.floats(out.named(suffix), {state.shape()[0], 1, state.shape()[1]}, state.values());
  const std::string shape = out.part("Shape", {out.input(0)}, "shape");
  const std::string batch = out.part("Gather", {shape, w.list(out.named("batch_axis"), {0})}, "batch");
  const std::string one = w.list(out.named("one"), {1});
  const std::string target = out.part("Concat", {one, batch, one}, "state_shape", {{"axis", std::int64_t{0}}});
  return out.part("Expand", {one_image, target}, suffix);
}

}  // namespace

std::string export_operation(Exporter& out, const op::Recurrent& o) {
  const Layer& layer = out.layer();
  const bool lstm = o.kind == op::Recurrent::Kind::kLstm;
  const auto optional = [&](std::size_t i, std::string_view suffix) {
    return i < layer.constants.size() && layer.constants[i] ? out.constant(i, suffix) : std::string();
  };
  const std::string sequence_first = out.part("Transpose", {out.input(0)}, "sequence_first", {{"perm", List{1, 0, 2}}});
  std::vector<std::string> inputs{sequence_first,
                                  out.weight_part(0, "weight"),
                                  out.weight_part(1, "recurrence"),
                                  optional(2, "bias"),
                                  "",
                                  initial_state(out, 3, "initial_hidden")};
  if (lstm) {
    inputs.push_back(initial_state(out, 4, "initial_cell"));
    inputs.push_back(optional(5, "peepholes"));
  }
  while (inputs.back().empty()) inputs.pop_back();

  constexpr std::string_view kDirections[] = {"forward", "reverse", "bidirectional"};
  GraphWriter::Attributes attributes{{"hidden_size", layer.constants[1]->shape()[2]},
                                     {"direction", std::string(kDirections[static_cast<int>(o.direction)])}};
  if (!lstm) attributes.push_back({"linear_before_reset", std::int64_t{o.linear_before_reset ? 1 : 0}});
  const auto output = static_cast<std::size_t>(o.output);  // ONNX's order too: Y, Y_h, Y_c
  const std::string raw =
      out.writer().node_output(lstm ? "LSTM" : "GRU", inputs, out.named("recurrent"), output, attributes);
  // [S, D, N, H] or [D, N, H]
  return out.result("Transpose", {raw}, {{"perm", output == 0 ? List{2, 0, 1, 3} : List{1, 0, 2}}});
}

}  // namespace roofscape::onnx_export
