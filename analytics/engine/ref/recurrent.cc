// LSTM and GRU over a whole sequence, in ONNX's formulas.
//
//   LSTM  i = σ(W_i x + R_i h + b + P_i∘c)   f likewise   c̃ = tanh(W_c x + R_c h + b)   c' = f∘c + i∘c̃
//         o = σ(W_o x + R_o h + b + P_o∘c')  h' = o∘tanh(c')
//   GRU   z, r = σ(W x + R h + b)   h̃ = tanh(W_h x + b_W + r∘(R_h h + b_R)) if linear_before_reset,
//         else tanh(W_h x + R_h (r∘h) + b)   h' = (1 − z)∘h̃ + z∘h
#include <algorithm>
#include <cmath>

#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

struct Sizes {
  std::int64_t steps, inputs, directions, hidden, gates;
};

// One direction's constants; null pointers where the layer has none.
struct Parameters {
  const float *input_weight, *state_weight, *bias, *peephole;
};

// The functions of the gates: as they are defined, or tables in their place.
struct Gates {
  FunctionTablePtr sigmoid_table, tanh_table;
  float sigmoid(float x) const { return sigmoid_table ? (*sigmoid_table)(x) : 1.0F / (1.0F + std::exp(-x)); }
  float tanh(float x) const { return tanh_table ? (*tanh_table)(x) : std::tanh(x); }
};

float dot(const float* a, const float* b, std::int64_t length) {
  float sum = 0;
  for (std::int64_t i = 0; i < length; ++i) sum += a[i] * b[i];
  return sum;
}

struct State {
  std::vector<float> h, c;
};

class Cell {
 public:
  Cell(const Sizes& sizes, const Parameters& p, const Gates& gates) : s_(sizes), p_(p), gates_(gates) {}

  void lstm(const float* x, State& state) const {
    const std::vector<float> old_h = state.h;
    for (std::int64_t u = 0; u < s_.hidden; ++u) {
      const auto at = static_cast<std::size_t>(u);
      const float c = state.c[at];
      const float input_gate = gates_.sigmoid(sum(0, u, x, old_h) + peep(0, u) * c);
      const float forget_gate = gates_.sigmoid(sum(2, u, x, old_h) + peep(2, u) * c);
      state.c[at] = forget_gate * c + input_gate * gates_.tanh(sum(3, u, x, old_h));
      const float output_gate = gates_.sigmoid(sum(1, u, x, old_h) + peep(1, u) * state.c[at]);
      state.h[at] = output_gate * gates_.tanh(state.c[at]);
    }
  }

  void gru(const float* x, bool linear_before_reset, State& state) const {
    const std::vector<float> old_h = state.h;
    std::vector<float> reset(old_h.size()), reset_h(old_h.size());
    for (std::int64_t u = 0; u < s_.hidden; ++u) {
      const auto at = static_cast<std::size_t>(u);
      reset[at] = gates_.sigmoid(sum(1, u, x, old_h));
      reset_h[at] = reset[at] * old_h[at];
    }
    for (std::int64_t u = 0; u < s_.hidden; ++u) {
      const auto at = static_cast<std::size_t>(u);
      const float update = gates_.sigmoid(sum(0, u, x, old_h));
      const float candidate = linear_before_reset
                                  ? gates_.tanh(from_input(2, u, x) + reset[at] * from_state(2, u, old_h))
                                  : gates_.tanh(from_input(2, u, x) + from_state(2, u, reset_h));
      state.h[at] = (1 - update) * candidate + update * old_h[at];
    }
  }

 private:
  float from_input(std::int64_t gate, std::int64_t unit, const float* x) const {
    const std::int64_t row = gate * s_.hidden + unit;
    return dot(p_.input_weight + row * s_.inputs, x, s_.inputs) + (p_.bias ? p_.bias[row] : 0);
  }
  float from_state(std::int64_t gate, std::int64_t unit, const std::vector<float>& h) const {
    const std::int64_t row = gate * s_.hidden + unit;
    return dot(p_.state_weight + row * s_.hidden, h.data(), s_.hidden) +
           (p_.bias ? p_.bias[s_.gates * s_.hidden + row] : 0);
  }
  float sum(std::int64_t gate, std::int64_t unit, const float* x, const std::vector<float>& h) const {
    return from_input(gate, unit, x) + from_state(gate, unit, h);
  }
  // ONNX orders peepholes i, o, f.
  float peep(std::int64_t which, std::int64_t unit) const {
    return p_.peephole ? p_.peephole[which * s_.hidden + unit] : 0;
  }

  Sizes s_;
  Parameters p_;
  const Gates& gates_;
};

class RecurrentStep final : public Step {
 public:
  RecurrentStep(const Layer& layer, const Sizes& sizes)
      : recurrent_(*layer.as<op::Recurrent>()),
        sizes_(sizes),
        gates_{layer.arithmetic.function(0), layer.arithmetic.function(1)},
        constants_(layer.constants) {}

  void run(std::int64_t count, const Buffers& buffers) const override {
    const bool sequence = recurrent_.output == op::Recurrent::Output::kSequence;
    const std::int64_t outputs = (sequence ? sizes_.steps : 1) * sizes_.directions * sizes_.hidden;
    for (std::int64_t n = 0; n < count; ++n)
      for (std::int64_t d = 0; d < sizes_.directions; ++d)
        direction(d, image_of(buffers.inputs[0], n, sizes_.steps * sizes_.inputs),
                  image_of(buffers.output, n, outputs));
  }

 private:
  // Constant `index` of direction d, which has `size` elements; null where the layer has none.
  const float* constant(std::size_t index, std::int64_t d, std::int64_t size) const {
    if (index >= constants_.size() || !constants_[index]) return nullptr;
    return constants_[index]->values().data() + d * size;
  }
  std::vector<float> initial(std::size_t index, std::int64_t d) const {
    const float* values = constant(index, d, sizes_.hidden);
    std::vector<float> state(static_cast<std::size_t>(sizes_.hidden), 0.0F);
    if (values) std::copy_n(values, sizes_.hidden, state.begin());
    return state;
  }

  void direction(std::int64_t d, const float* in, float* out) const {
    const std::int64_t rows = sizes_.gates * sizes_.hidden;
    const Cell cell(sizes_,
                    {constant(0, d, rows * sizes_.inputs), constant(1, d, rows * sizes_.hidden),
                     constant(2, d, 2 * rows), constant(5, d, 3 * sizes_.hidden)},
                    gates_);
    State state{initial(3, d), initial(4, d)};
    const bool reverse = d == 1 || recurrent_.direction == op::Recurrent::Direction::kReverse;
    for (std::int64_t s = 0; s < sizes_.steps; ++s) {
      const std::int64_t at = reverse ? sizes_.steps - 1 - s : s;
      if (recurrent_.kind == op::Recurrent::Kind::kLstm)
        cell.lstm(in + at * sizes_.inputs, state);
      else
        cell.gru(in + at * sizes_.inputs, recurrent_.linear_before_reset, state);
      if (recurrent_.output == op::Recurrent::Output::kSequence)
        std::copy(state.h.begin(), state.h.end(), out + (at * sizes_.directions + d) * sizes_.hidden);
    }
    if (recurrent_.output == op::Recurrent::Output::kLastHidden)
      std::copy(state.h.begin(), state.h.end(), out + d * sizes_.hidden);
    if (recurrent_.output == op::Recurrent::Output::kLastCell)
      std::copy(state.c.begin(), state.c.end(), out + d * sizes_.hidden);
  }

  op::Recurrent recurrent_;
  Sizes sizes_;
  Gates gates_;
  std::vector<TensorPtr> constants_;
};

class RefRecurrent final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const auto recurrent = *site.layer->as<op::Recurrent>();
    const Shape& state_weight = site.layer->constants[1]->shape();
    const Sizes sizes{site.inputs[0][0], site.inputs[0][1], state_weight[0], state_weight[2],
                      recurrent.kind == op::Recurrent::Kind::kLstm ? 4 : 3};
    return std::unique_ptr<Step>(std::make_unique<RecurrentStep>(*site.layer, sizes));
  }
};

}  // namespace

const Kernel& ref_recurrent() {
  static const RefRecurrent kernel;
  return kernel;
}

}  // namespace roofscape::engine
