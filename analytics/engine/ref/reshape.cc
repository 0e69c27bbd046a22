// Reshape: the same bytes under another shape. Unless its input is quantised, nothing runs at all.
#include <algorithm>

#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

class RefReshape final : public RefKernel {
 public:
  bool is_view(const Site&) const override { return true; }
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    return make_step([elements = element_count(site.output())](std::int64_t count, const Buffers& buffers) {
      std::copy_n(static_cast<const float*>(buffers.inputs[0]), count * elements, static_cast<float*>(buffers.output));
    });
  }
};

}  // namespace

const Kernel& ref_reshape() {
  static const RefReshape kernel;
  return kernel;
}

}  // namespace roofscape::engine
