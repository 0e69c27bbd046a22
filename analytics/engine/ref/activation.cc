// Element-wise functions.
#include <cmath>
#include <numbers>

#include "analytics/engine/ref/broadcast.h"
#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

float sigmoid(float x) { return 1.0F / (1.0F + std::exp(-x)); }
// NaN becomes 0, −0 becomes 0: what the vector instruction of fast kernels gives, too.
float relu(float x) { return x > 0 ? x : 0; }
float clip(float x, float low, float high) {
  const float raised = x > low ? x : low;  // NaN becomes low
  return raised < high ? raised : high;
}

class RefActivation final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const auto activation = *site.layer->as<op::Activation>();
    const std::int64_t elements = element_count(site.output());
    if (activation.kind == op::Activation::Kind::kPRelu) {
      return make_step([activation, elements, slope = site.layer->constants[0],
                        index = broadcast_indices(site.layer->constants[0]->shape(), site.output())](
                           std::int64_t count, const Buffers& buffers) {
        for (std::int64_t n = 0; n < count; ++n)
          for (std::int64_t i = 0; i < elements; ++i) {
            const auto at = static_cast<std::size_t>(index[static_cast<std::size_t>(i)]);
            image_of(buffers.output, n, elements)[i] =
                activate(activation, image_of(buffers.inputs[0], n, elements)[i], slope->values()[at]);
          }
      });
    }
    if (const FunctionTablePtr table = site.layer->arithmetic.function(0))
      return make_step([table, elements](std::int64_t count, const Buffers& buffers) {
        const auto* in = static_cast<const float*>(buffers.inputs[0]);
        auto* out = static_cast<float*>(buffers.output);
        for (std::int64_t i = 0; i < count * elements; ++i) out[i] = (*table)(in[i]);
      });
    return make_step([activation, elements](std::int64_t count, const Buffers& buffers) {
      const auto* in = static_cast<const float*>(buffers.inputs[0]);
      auto* out = static_cast<float*>(buffers.output);
      for (std::int64_t i = 0; i < count * elements; ++i) out[i] = activate(activation, in[i]);
    });
  }
};

}  // namespace

float activate(const op::Activation& activation, float x, float slope) {
  using Kind = op::Activation::Kind;
  switch (activation.kind) {
    case Kind::kRelu: return relu(x);
    case Kind::kLeakyRelu: return x < 0 ? activation.alpha * x : x;
    case Kind::kPRelu: return x < 0 ? slope * x : x;
    case Kind::kClip: return clip(x, activation.alpha, activation.beta);
    case Kind::kSigmoid: return sigmoid(x);
    case Kind::kTanh: return std::tanh(x);
    case Kind::kHardSigmoid: return clip(activation.alpha * x + activation.beta, 0, 1);
    case Kind::kHardSwish: return x * clip(x / 6 + 0.5F, 0, 1);
    case Kind::kElu: return x < 0 ? activation.alpha * (std::exp(x) - 1) : x;
    case Kind::kGelu: return x / 2 * (1 + std::erf(x / std::numbers::sqrt2_v<float>));
    case Kind::kGeluTanh: {
      const float scale = std::sqrt(2 * std::numbers::inv_pi_v<float>);
      return x / 2 * (1 + std::tanh(scale * (x + 0.044715F * x * x * x)));
    }
    case Kind::kErf: return std::erf(x);
    case Kind::kExp: return std::exp(x);
    case Kind::kLog: return std::log(x);
    case Kind::kSqrt: return std::sqrt(x);
    case Kind::kNegate: return -x;
    case Kind::kAbs: return std::abs(x);
    case Kind::kSquare: return x * x;
    case Kind::kSoftplus:  // the same as log(1 + e^x), without overflow
      return relu(x) + std::log1p(std::exp(-std::abs(x)));
    case Kind::kSoftsign: return x / (1 + std::abs(x));
    case Kind::kSilu: return x * sigmoid(x);
    case Kind::kHardShrink: return x > activation.alpha || x < -activation.alpha ? x : 0;  // NaN becomes 0
  }
  return x;
}

const Kernel& ref_activation() {
  static const RefActivation kernel;
  return kernel;
}

}  // namespace roofscape::engine
