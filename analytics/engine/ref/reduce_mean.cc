// Mean over some axes, summed in row-major order of the input.
#include <algorithm>

#include "analytics/engine/ref/copy.h"
#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

class RefReduceMean final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const Shape& in = site.inputs[0];
    Shape kept = in;  // the output's shape with reduced axes kept as 1
    std::int64_t reduced = 1;
    for (const std::int64_t axis : site.layer->as<op::ReduceMean>()->axes) {
      reduced *= in[static_cast<std::size_t>(axis)];
      kept[static_cast<std::size_t>(axis)] = 1;
    }
    const std::vector<std::int64_t> strides = strides_of(kept);
    std::vector<std::int32_t> target;  // of each input element
    for_each_position(in, [&](const std::vector<std::int64_t>& position) {
      std::int64_t to = 0;
      for (std::size_t d = 0; d < position.size(); ++d) to += kept[d] == 1 ? 0 : position[d] * strides[d];
      target.push_back(static_cast<std::int32_t>(to));
    });
    return make_step([target = std::move(target), reduced, outputs = element_count(kept)](std::int64_t count,
                                                                                          const Buffers& buffers) {
      for (std::int64_t n = 0; n < count; ++n) {
        const float* in_image = image_of(buffers.inputs[0], n, static_cast<std::int64_t>(target.size()));
        float* out = image_of(buffers.output, n, outputs);
        std::fill_n(out, outputs, 0.0F);
        for (std::size_t i = 0; i < target.size(); ++i) out[target[i]] += in_image[i];
        for (std::int64_t i = 0; i < outputs; ++i) out[i] /= static_cast<float>(reduced);
      }
    });
  }
};

}  // namespace

const Kernel& ref_reduce_mean() {
  static const RefReduceMean kernel;
  return kernel;
}

}  // namespace roofscape::engine
