// y = scale·(how many thresholds x reaches) + bias, rounded to fp32 once; NaN reaches none.
#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

class RefMultiThreshold final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const auto thresholding = *site.layer->as<op::MultiThreshold>();
    const Shape& shape = site.output();
    const auto axis = static_cast<std::size_t>(thresholding.axis);
    return make_step([thresholding, thresholds = site.layer->constants[0], elements = element_count(shape),
                      channels = shape[axis],
                      stride = strides_of(shape)[axis]](std::int64_t count, const Buffers& buffers) {
      const auto* in = static_cast<const float*>(buffers.inputs[0]);
      auto* out = static_cast<float*>(buffers.output);
      const std::int64_t rows = thresholds->shape()[0], steps = thresholds->shape()[1];
      for (std::int64_t i = 0; i < count * elements; ++i) {
        const std::int64_t channel = rows == 1 ? 0 : i % elements / stride % channels;
        std::int64_t reached = 0;
        for (std::int64_t t = 0; t < steps; ++t)
          if (in[i] >= thresholds->values()[static_cast<std::size_t>(channel * steps + t)]) ++reached;
        out[i] = static_cast<float>(static_cast<double>(thresholding.scale) * static_cast<double>(reached) +
                                    static_cast<double>(thresholding.bias));
      }
    });
  }
};

}  // namespace

const Kernel& ref_multi_threshold() {
  static const RefMultiThreshold kernel;
  return kernel;
}

}  // namespace roofscape::engine
