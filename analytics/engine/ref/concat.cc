// Concat: inputs one after another along one axis.
#include <algorithm>

#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

class RefConcat final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const std::int64_t axis = site.layer->as<op::Concat>()->axis;
    // Of each input: the elements that lie together for one index of the axes before `axis`.
    std::vector<std::int64_t> run;
    for (const Shape& in : site.inputs) run.push_back(element_count(Shape(in.begin() + axis, in.end())));
    const std::int64_t outer = element_count(Shape(site.output().begin(), site.output().begin() + axis));
    return make_step([run, outer](std::int64_t count, const Buffers& buffers) {
      auto* out = static_cast<float*>(buffers.output);
      for (std::int64_t o = 0; o < count * outer; ++o)
        for (std::size_t i = 0; i < run.size(); ++i)
          out = std::copy_n(static_cast<const float*>(buffers.inputs[i]) + o * run[i], run[i], out);
    });
  }
};

}  // namespace

const Kernel& ref_concat() {
  static const RefConcat kernel;
  return kernel;
}

}  // namespace roofscape::engine
