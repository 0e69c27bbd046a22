// For each image the early scores or the late ones.
#include <algorithm>

#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

class RefSelect final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    return make_step([select = *site.layer->as<op::Select>(), classes = element_count(site.output())](
                         std::int64_t count, const Buffers& buffers) {
      for (std::int64_t n = 0; n < count; ++n) {
        const float* early = image_of(buffers.inputs[0], n, classes);
        const float confidence =
            confidence_of(std::span(early, static_cast<std::size_t>(classes)), select.probabilities);
        const float* taken = confidence >= select.confidence ? early : image_of(buffers.inputs[1], n, classes);
        std::copy_n(taken, classes, image_of(buffers.output, n, classes));
      }
    });
  }
};

}  // namespace

const Kernel& ref_select() {
  static const RefSelect kernel;
  return kernel;
}

}  // namespace roofscape::engine
