// The naive references: one kernel an operation, the definition against which fast kernels are tested.
//
// They read like the formulas: row-major values, one loop an index, sums in the order of the weight tensor, no
// blocking. Each takes every layer that a Network can hold.
#pragma once

#include "analytics/engine/kernel.h"

namespace roofscape::engine {

// What all references share: the id, plain layouts, no declining.
class RefKernel : public Kernel {
 public:
  std::string_view id() const override { return "ref"; }
  MaybeDecline declines(const Site&) const override { return std::nullopt; }
  Forms forms(const Site& site) const override;
};

const Kernel& ref_conv();
const Kernel& ref_conv_transpose();
const Kernel& ref_dense();
const Kernel& ref_mat_mul();
const Kernel& ref_affine();
const Kernel& ref_activation();
const Kernel& ref_softmax();
const Kernel& ref_pool();
const Kernel& ref_binary();
const Kernel& ref_concat();
const Kernel& ref_slice();
const Kernel& ref_pad();
const Kernel& ref_reshape();
const Kernel& ref_transpose();
const Kernel& ref_gather();
const Kernel& ref_reduce_mean();
const Kernel& ref_recurrent();
const Kernel& ref_multi_threshold();
const Kernel& ref_truncate();
const Kernel& ref_select();

// Row-major strides of a shape, in elements.
std::vector<std::int64_t> strides_of(const Shape& shape);

// Image `n` of a batch of floats whose images have `elements` each.
inline const float* image_of(const void* batch, std::int64_t n, std::int64_t elements) {
  return static_cast<const float*>(batch) + n * elements;
}
inline float* image_of(void* batch, std::int64_t n, std::int64_t elements) {
  return static_cast<float*>(batch) + n * elements;
}

// The function of an activation layer, for one element; `slope` is PRelu's.
float activate(const op::Activation& activation, float x, float slope = 0);

}  // namespace roofscape::engine
