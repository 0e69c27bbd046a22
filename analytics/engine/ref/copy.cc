#include "analytics/engine/ref/copy.h"

#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {

std::unique_ptr<Step> copy_step(std::int64_t input_elements, std::vector<std::int32_t> source, float fill) {
  return make_step([input_elements, source = std::move(source), fill](std::int64_t count, const Buffers& buffers) {
    auto* out = static_cast<float*>(buffers.output);
    for (std::int64_t n = 0; n < count; ++n) {
      const float* in = image_of(buffers.inputs[0], n, input_elements);
      for (const std::int32_t from : source) *out++ = from < 0 ? fill : in[from];
    }
  });
}

}  // namespace roofscape::engine
