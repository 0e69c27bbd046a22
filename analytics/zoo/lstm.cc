#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"

namespace roofscape::zoo {
namespace {

struct Stack {
  int layers;
  std::int64_t hidden;
  bool both_ways, peepholes;
};

// [S, I] → [S, D·H].
LayerId lstm_layer(Builder& b, LayerId x, const Stack& stack) {
  const std::int64_t directions = stack.both_ways ? 2 : 1, gates = 4 * stack.hidden;
  op::Recurrent cell;
  if (stack.both_ways) cell.direction = op::Recurrent::Direction::kBidirectional;
  const LayerId sequence =
      b.add("lstm", cell, {x},
            {shape_only_tensor({directions, gates, b.shape(x)[1]}),
             shape_only_tensor({directions, gates, stack.hidden}), shape_only_tensor({directions, 2 * gates}), nullptr,
             nullptr, stack.peepholes ? shape_only_tensor({directions, 3 * stack.hidden}) : nullptr});
  return b.reshape(sequence, {b.shape(x)[0], directions * stack.hidden});
}

Result<Network> build(const Stack& stack, std::int64_t steps, std::int64_t inputs, std::int64_t outputs) {
  Builder b({steps, inputs});
  LayerId x = b.input();
  for (int i = 0; i < stack.layers; ++i) x = lstm_layer(b, x, stack);
  return b.finish(b.dense(x, outputs));
}

Entry phonemes(std::string id, const Stack& stack) {
  const std::string graves = "Graves et al., Speech Recognition with Deep Recurrent Neural Networks (2013)";
  return {.id = std::move(id),
          .title = fmt::format("LSTM of {} layers of {}{} cells for phonemes (TIMIT), 300 frames", stack.layers,
                               stack.hidden, stack.both_ways ? " + " + std::to_string(stack.hidden) : ""),
          .structure = graves,
          .note = "123 numbers a frame, 61 phonemes and a blank; 3 s of speech in frames of 10 ms.",
          .published = {{graves + ", table 1", "3.8 M", {}, {}}},
          .build = [stack] { return build(stack, 300, 123, 62); }};
}

}  // namespace

std::vector<Entry> lstm() {
  return {phonemes("lstm-timit-3x250-bi", {3, 250, true, true}),
          phonemes("lstm-timit-3x421", {3, 421, false, true}),
          {.id = "lstm-ptb-2x650",
           .title = "LSTM of 2 layers of 650 cells for words (Penn Treebank, medium), 35 words",
           .structure = "Zaremba et al., Recurrent Neural Network Regularization (2014)",
           .note = "Starts from the embedded words: the table, 6.5 M numbers, is looked up and multiplies nothing.",
           .published = {{"Zaremba et al. (2014): 20 M, less the table of 10,000 × 650", "13.5 M", {}, {}}},
           .build = [] {
             return build({2, 650, false, false}, 35, 650, 10000);
           }}};
}

}  // namespace roofscape::zoo
