// Pad: a constant, the nearest edge, or a reflection about the edge (which is not repeated).
#include <algorithm>

#include "analytics/engine/ref/copy.h"
#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

// The index within [0, size) that stands for `index`, or -1 for the constant.
std::int64_t source_index(op::Pad::Mode mode, std::int64_t index, std::int64_t size) {
  if (index >= 0 && index < size) return index;
  switch (mode) {
    case op::Pad::Mode::kConstant: return -1;
    case op::Pad::Mode::kEdge: return std::clamp<std::int64_t>(index, 0, size - 1);
    case op::Pad::Mode::kReflect: break;
  }
  if (size == 1) return 0;
  const std::int64_t period = 2 * (size - 1);
  const std::int64_t phase = ((index % period) + period) % period;
  return phase < size ? phase : period - phase;
}

class RefPad final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const auto& pad = *site.layer->as<op::Pad>();
    const std::vector<std::int64_t> strides = strides_of(site.inputs[0]);
    std::vector<std::int32_t> source;
    for_each_position(site.output(), [&](const std::vector<std::int64_t>& position) {
      std::int64_t from = 0;
      for (std::size_t d = 0; d < position.size() && from >= 0; ++d) {
        const std::int64_t index = source_index(pad.mode, position[d] - pad.before[d], site.inputs[0][d]);
        from = index < 0 ? -1 : from + index * strides[d];
      }
      source.push_back(static_cast<std::int32_t>(from));
    });
    return copy_step(element_count(site.inputs[0]), std::move(source), pad.value);
  }
};

}  // namespace

const Kernel& ref_pad() {
  static const RefPad kernel;
  return kernel;
}

}  // namespace roofscape::engine
