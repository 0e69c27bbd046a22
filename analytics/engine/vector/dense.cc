// Dense in fp32: rows of activations against panels of 16 outputs, sums in registers.
//
// Each output is bias + Σ_i x_i·w_i in ascending i, one fused multiply-add a term, however rows are grouped: so an
// image's result does not depend on its neighbours.
#include <immintrin.h>

#include <algorithm>
#include <vector>

#include "analytics/base/instruction_sets.h"
#include "analytics/engine/integer/arithmetic.h"
#include "analytics/engine/integer/tiled.h"
#include "analytics/engine/vector/kernels.h"

namespace roofscape::engine {
namespace {

constexpr std::int64_t kPanel = 16;  // outputs

// Weights [O, I] as panels [O/16][I][16], biases padded alike.
struct Packed {
  std::int64_t inputs = 0, outputs = 0;
  std::vector<float> weights, bias;
};

Packed pack(const Layer& layer) {
  Packed packed;
  packed.outputs = layer.weight()->shape()[0];
  packed.inputs = layer.weight()->shape()[1];
  const std::int64_t panels = (packed.outputs + kPanel - 1) / kPanel;
  packed.weights.assign(static_cast<std::size_t>(panels * packed.inputs * kPanel), 0.0F);
  packed.bias.assign(static_cast<std::size_t>(panels * kPanel), 0.0F);
  const Tensor* bias = layer.constants.size() > 1 ? layer.constants[1].get() : nullptr;
  for (std::int64_t o = 0; o < packed.outputs; ++o) {
    if (bias) packed.bias[static_cast<std::size_t>(o)] = bias->values()[static_cast<std::size_t>(o)];
    for (std::int64_t i = 0; i < packed.inputs; ++i)
      packed.weights[static_cast<std::size_t>((o / kPanel * packed.inputs + i) * kPanel + o % kPanel)] =
          layer.weight()->values()[static_cast<std::size_t>(o * packed.inputs + i)];
  }
  return packed;
}

// Results of `Rows` rows and one panel into [Rows][16].
template <int Rows>
__attribute__((target("avx2,fma"))) void tile(const float* x, std::int64_t inputs, const float* weights,
                                              const float* bias, float* results) {
  __m256 low[Rows], high[Rows];
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
    low[r] = _mm256_loadu_ps(bias);
    high[r] = _mm256_loadu_ps(bias + 8);
  }
  for (std::int64_t i = 0; i < inputs; ++i) {
    const __m256 w_low = _mm256_loadu_ps(weights + i * kPanel);
    const __m256 w_high = _mm256_loadu_ps(weights + i * kPanel + 8);
#pragma GCC unroll 8
    for (int r = 0; r < Rows; ++r) {
      const __m256 value = _mm256_broadcast_ss(x + r * inputs + i);
      low[r] = _mm256_fmadd_ps(value, w_low, low[r]);
      high[r] = _mm256_fmadd_ps(value, w_high, high[r]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < Rows; ++r) {
    _mm256_storeu_ps(results + r * kPanel, low[r]);
    _mm256_storeu_ps(results + r * kPanel + 8, high[r]);
  }
}

class DenseStep final : public Step {
 public:
  DenseStep(const Site& site, const Epilogue& epilogue)
      : packed_(pack(*site.layer)), rows_(element_count(site.output()) / packed_.outputs), epilogue_(epilogue) {}

  std::size_t scratch_bytes() const override {
    return epilogue_.quantiser ? static_cast<std::size_t>(rows_ * packed_.outputs) * sizeof(float) : 0;
  }

  void run(std::int64_t count, const Buffers& buffers) const override {
    const std::int64_t values = rows_ * packed_.outputs;
    if (!epilogue_.quantiser) {
      auto* output = static_cast<float*>(buffers.output);
      multiply(static_cast<const float*>(buffers.inputs[0]), count * rows_, output);
      finish_values(epilogue_, std::span(output, static_cast<std::size_t>(count * values)), output);
      return;
    }
    auto* result = static_cast<float*>(buffers.scratch);
    for (std::int64_t n = 0; n < count; ++n) {
      multiply(static_cast<const float*>(buffers.inputs[0]) + n * rows_ * packed_.inputs, rows_, result);
      finish_values(epilogue_, std::span(result, static_cast<std::size_t>(values)),
                    static_cast<std::byte*>(buffers.output) + n * values * output_bytes(epilogue_));
    }
  }

 private:
  void multiply(const float* x, std::int64_t rows, float* output) const {
    for (std::int64_t first = 0; first < packed_.outputs; first += kPanel)
      for (std::int64_t row = 0; row < rows; row += kRows) {
        const std::int64_t here = std::min(kRows, rows - row);
        float results[kRows * kPanel];
        panel(here, x + row * packed_.inputs, packed_.weights.data() + first * packed_.inputs,
              packed_.bias.data() + first, results);
        store(results, here, std::min(kPanel, packed_.outputs - first), output + row * packed_.outputs + first);
      }
  }

  void panel(std::int64_t rows, const float* x, const float* weights, const float* bias, float* results) const {
    switch (rows) {
      case 1: return tile<1>(x, packed_.inputs, weights, bias, results);
      case 2: return tile<2>(x, packed_.inputs, weights, bias, results);
      case 3: return tile<3>(x, packed_.inputs, weights, bias, results);
      case 4: return tile<4>(x, packed_.inputs, weights, bias, results);
      case 5: return tile<5>(x, packed_.inputs, weights, bias, results);
      default: return tile<6>(x, packed_.inputs, weights, bias, results);
    }
  }

  void store(const float* results, std::int64_t rows, std::int64_t outputs, float* output) const {
    const bool relu = is_relu(epilogue_);
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t o = 0; o < outputs; ++o) {
        const float value = results[r * kPanel + o];
        output[r * packed_.outputs + o] = relu && !(value > 0) ? 0 : value;
      }
  }

  static constexpr std::int64_t kRows = 6;
  Packed packed_;
  std::int64_t rows_;  // of one image
  Epilogue epilogue_;
};

class FmaDense final : public Kernel {
 public:
  std::string_view id() const override { return "fma-dense"; }
  MaybeDecline declines(const Site& site) const override {
    if (is_integer_layer(*site.layer))
      return Decline{"fma-dense", DeclineReason::kFormat,
                     "weights and activations are integers, whose sums must be exact; this one sums in fp32"};
    if (!has_avx2_fma()) return Decline{"fma-dense", DeclineReason::kInstructionSet, "this machine lacks AVX2 or FMA"};
    return std::nullopt;
  }
  Forms forms(const Site& site) const override {
    return {{input_form(*site.layer, 0, Layout::kPlain)}, Layout::kPlain};
  }
  bool fuses(const Site&, const Epilogue& epilogue) const override { return tiled_fuses(epilogue); }
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue& epilogue, std::int64_t) const override {
    return std::unique_ptr<Step>(std::make_unique<DenseStep>(site, epilogue));
  }
};

}  // namespace

const Kernel& fma_dense() {
  static const FmaDense kernel;
  return kernel;
}

}  // namespace roofscape::engine
