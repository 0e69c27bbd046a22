// Transpose: output axis i is input axis permutation[i].
#include "analytics/engine/ref/copy.h"
#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

class RefTranspose final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const auto& permutation = site.layer->as<op::Transpose>()->permutation;
    const std::vector<std::int64_t> strides = strides_of(site.inputs[0]);
    std::vector<std::int32_t> source;
    for_each_position(site.output(), [&](const std::vector<std::int64_t>& position) {
      std::int64_t from = 0;
      for (std::size_t d = 0; d < position.size(); ++d)
        from += position[d] * strides[static_cast<std::size_t>(permutation[d])];
      source.push_back(static_cast<std::int32_t>(from));
    });
    return copy_step(element_count(site.inputs[0]), std::move(source));
  }
};

}  // namespace

const Kernel& ref_transpose() {
  static const RefTranspose kernel;
  return kernel;
}

}  // namespace roofscape::engine
