// Max and average pooling. Average sums in row-major order of the window; padding is never a maximum.
#include <algorithm>
#include <limits>

#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

class RefPool final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    return make_step([pool = *site.layer->as<op::Pool>(), in = site.inputs[0], out = site.output()](
                         std::int64_t count, const Buffers& buffers) {
      const auto* plane = static_cast<const float*>(buffers.inputs[0]);
      auto* result = static_cast<float*>(buffers.output);
      for (std::int64_t p = 0; p < count * in[0]; ++p, plane += in[1] * in[2])
        for (std::int64_t y = 0; y < out[1]; ++y)
          for (std::int64_t x = 0; x < out[2]; ++x) *result++ = window(pool, plane, in, y, x);
    });
  }

 private:
  static float window(const op::Pool& pool, const float* plane, const Shape& in, std::int64_t y, std::int64_t x) {
    float sum = 0;
    float largest = -std::numeric_limits<float>::infinity();
    std::int64_t seen = 0;
    std::int64_t padded = 0;  // positions within the padded input: ceil_mode windows may reach beyond it
    for (std::int64_t i = 0; i < pool.kernel[0]; ++i)
      for (std::int64_t j = 0; j < pool.kernel[1]; ++j) {
        const std::int64_t row = y * pool.stride[0] - pool.pad[0] + i * pool.dilation[0];
        const std::int64_t column = x * pool.stride[1] - pool.pad[1] + j * pool.dilation[1];
        if (row < in[1] + pool.pad[2] && column < in[2] + pool.pad[3]) ++padded;
        if (row < 0 || row >= in[1] || column < 0 || column >= in[2]) continue;
        const float value = plane[row * in[2] + column];
        sum += value;
        largest = value > largest ? value : largest;
        ++seen;
      }
    if (pool.kind == op::Pool::Kind::kMax) return largest;
    return sum / static_cast<float>(std::max<std::int64_t>(1, pool.count_include_pad ? padded : seen));
  }
};

}  // namespace

const Kernel& ref_pool() {
  static const RefPool kernel;
  return kernel;
}

}  // namespace roofscape::engine
