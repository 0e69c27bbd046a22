// Dense: y[…, o] = Σ_i x[…, i]·W[o, i] + b[o].
#include "analytics/engine/integer/accumulator.h"
#include "analytics/engine/integer/arithmetic.h"
#include "analytics/engine/integer/epilogue.h"
#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

class RefDense final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const Layer& layer = *site.layer;
    const std::int64_t inputs = layer.weight()->shape()[1];
    const std::int64_t rows = inputs == 0 ? 0 : element_count(site.inputs[0]) / inputs;  // of one image
    return is_integer_layer(layer) ? integer_step(layer, rows, inputs) : float_step(layer, rows, inputs);
  }

 private:
  static std::unique_ptr<Step> float_step(const Layer& layer, std::int64_t rows, std::int64_t inputs) {
    return make_step([weight = layer.constants[0], bias = layer.constants.size() > 1 ? layer.constants[1] : nullptr,
                      rows, inputs](std::int64_t count, const Buffers& buffers) {
      const auto* in = static_cast<const float*>(buffers.inputs[0]);
      auto* out = static_cast<float*>(buffers.output);
      for (std::int64_t row = 0; row < count * rows; ++row)
        for (std::int64_t o = 0; o < weight->shape()[0]; ++o) {
          float sum = bias ? bias->values()[static_cast<std::size_t>(o)] : 0.0F;
          for (std::int64_t i = 0; i < inputs; ++i)
            sum += in[row * inputs + i] * weight->values()[static_cast<std::size_t>(o * inputs + i)];
          *out++ = sum;
        }
    });
  }

  static std::unique_ptr<Step> integer_step(const Layer& layer, std::int64_t rows, std::int64_t inputs) {
    return make_step(
        [weights = integer_weights(layer), outputs = output_channels(layer), rows, inputs,
         element = input_form(layer, 0, Layout::kPlain).element()](std::int64_t count, const Buffers& buffers) {
          auto* out = static_cast<float*>(buffers.output);
          std::int64_t overflows = 0;
          for (std::int64_t row = 0; row < count * rows; ++row)
            for (std::int64_t o = 0; o < outputs; ++o) {
              LimitedSum sum(weights.accumulator);
              for (std::int64_t i = 0; i < inputs; ++i)
                sum.add((code_at(buffers.inputs[0], element, row * inputs + i) - weights.input_zero_point) *
                        std::int64_t{weights.centred[static_cast<std::size_t>(o * inputs + i)]});
              overflows += sum.overflowed() ? 1 : 0;
              const auto channel = static_cast<std::size_t>(o);
              *out++ = integer_result(sum.value(), weights.scale[channel], weights.bias[channel]);
            }
          buffers.count_overflows(overflows);
        });
  }
};

}  // namespace

const Kernel& ref_dense() {
  static const RefDense kernel;
  return kernel;
}

}  // namespace roofscape::engine
