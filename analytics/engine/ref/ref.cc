#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {

Forms RefKernel::forms(const Site& site) const {
  Forms forms;
  for (std::size_t i = 0; i < site.inputs.size(); ++i)
    forms.inputs.push_back(input_form(*site.layer, i, Layout::kPlain));
  return forms;
}

std::vector<std::int64_t> strides_of(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t d = shape.size(); d-- > 1;) strides[d - 1] = strides[d] * shape[d];
  return strides;
}

}  // namespace roofscape::engine
