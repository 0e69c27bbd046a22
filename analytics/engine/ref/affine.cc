// y = scale[c]·x + shift[c] along one axis.
#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

class RefAffine final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const Shape& shape = site.output();
    const auto axis = static_cast<std::size_t>(site.layer->as<op::Affine>()->axis);
    return make_step([scale = site.layer->constants[0], shift = site.layer->constants[1],
                      elements = element_count(shape), channels = shape[axis],
                      stride = strides_of(shape)[axis]](std::int64_t count, const Buffers& buffers) {
      const auto* in = static_cast<const float*>(buffers.inputs[0]);
      auto* out = static_cast<float*>(buffers.output);
      for (std::int64_t i = 0; i < count * elements; ++i) {
        const auto channel = static_cast<std::size_t>(i % elements / stride % channels);
        out[i] = scale->values()[channel] * in[i] + shift->values()[channel];
      }
    });
  }
};

}  // namespace

const Kernel& ref_affine() {
  static const RefAffine kernel;
  return kernel;
}

}  // namespace roofscape::engine
