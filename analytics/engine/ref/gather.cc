// Gather: constant indices along one axis.
#include "analytics/engine/ref/copy.h"
#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

class RefGather final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const auto& gather = *site.layer->as<op::Gather>();
    const Shape& in = site.inputs[0];
    const auto axis = static_cast<std::size_t>(gather.axis);
    const std::int64_t inner = strides_of(in)[axis];
    const std::int64_t outer = element_count(Shape(in.begin(), in.begin() + gather.axis));
    std::vector<std::int32_t> source;
    for (std::int64_t o = 0; o < outer; ++o)
      for (const std::int64_t index : gather.indices)
        for (std::int64_t i = 0; i < inner; ++i)
          source.push_back(static_cast<std::int32_t>((o * in[axis] + index) * inner + i));
    return copy_step(element_count(in), std::move(source));
  }
};

}  // namespace

const Kernel& ref_gather() {
  static const RefGather kernel;
  return kernel;
}

}  // namespace roofscape::engine
