// y = output_scale·(round(rint(x/scale + zero_point) / 2^shift) − output_zero_point).
#include <cmath>

#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

class RefTruncate final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const auto cut = *site.layer->as<op::Truncate>();
    return make_step([cut, elements = element_count(site.output())](std::int64_t count, const Buffers& buffers) {
      const auto* in = static_cast<const float*>(buffers.inputs[0]);
      auto* out = static_cast<float*>(buffers.output);
      for (std::int64_t i = 0; i < count * elements; ++i) {
        const float code = std::nearbyint(in[i] / cut.scale + cut.zero_point);
        const float kept = round_by(std::ldexp(code, -static_cast<int>(cut.shift)), cut.rounding);
        out[i] = (kept - cut.output_zero_point) * cut.output_scale;
      }
    });
  }
};

}  // namespace

const Kernel& ref_truncate() {
  static const RefTruncate kernel;
  return kernel;
}

}  // namespace roofscape::engine
