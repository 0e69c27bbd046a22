// Softmax and its logarithm along one axis, shifted by the largest element so that nothing overflows.
#include <cmath>

#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

class RefSoftmax final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const auto softmax = *site.layer->as<op::Softmax>();
    const Shape& shape = site.output();
    const auto axis = static_cast<std::size_t>(softmax.axis);
    return make_step([log = softmax.log, exp = Exponential{site.layer->arithmetic.function(0)},
                      elements = element_count(shape), length = shape[axis],
                      stride = strides_of(shape)[axis]](std::int64_t count, const Buffers& buffers) {
      for (std::int64_t n = 0; n < count; ++n)
        for (std::int64_t first = 0; first < elements; ++first) {
          if (first / stride % length != 0) continue;  // not the start of a line along the axis
          line(image_of(buffers.inputs[0], n, elements) + first, image_of(buffers.output, n, elements) + first, length,
               stride, log, exp);
        }
    });
  }

 private:
  struct Exponential {
    FunctionTablePtr table;
    float operator()(float x) const { return table ? (*table)(x) : std::exp(x); }
  };

  static void line(const float* in, float* out, std::int64_t length, std::int64_t stride, bool log,
                   const Exponential& exp) {
    float largest = in[0];
    for (std::int64_t i = 1; i < length; ++i) largest = in[i * stride] > largest ? in[i * stride] : largest;
    float sum = 0;
    for (std::int64_t i = 0; i < length; ++i) sum += exp(in[i * stride] - largest);
    const float log_sum = std::log(sum);
    for (std::int64_t i = 0; i < length; ++i) {
      const float shifted = in[i * stride] - largest;
      out[i * stride] = log ? shifted - log_sum : exp(shifted) / sum;
    }
  }
};

}  // namespace

const Kernel& ref_softmax() {
  static const RefSoftmax kernel;
  return kernel;
}

}  // namespace roofscape::engine
