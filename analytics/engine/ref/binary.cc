// Element-wise arithmetic of two operands with numpy's broadcasting.
#include "analytics/engine/ref/broadcast.h"
#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

float combine(op::Binary::Kind kind, float a, float b) {
  switch (kind) {
    case op::Binary::Kind::kAdd: return a + b;
    case op::Binary::Kind::kSub: return a - b;
    case op::Binary::Kind::kMul: return a * b;
    case op::Binary::Kind::kDiv: return a / b;
    case op::Binary::Kind::kMax: return a > b ? a : b;
    case op::Binary::Kind::kMin: return a < b ? a : b;
  }
  return a;
}

class RefBinary final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const auto binary = *site.layer->as<op::Binary>();
    const TensorPtr constant = site.inputs.size() == 1 ? site.layer->constants[0] : nullptr;
    const bool constant_first = constant && binary.constant_first;
    // Operand by operand: the shape, and the input it comes from (-1: the constant).
    const Shape& left = constant_first ? constant->shape() : site.inputs[0];
    const Shape& right = constant_first ? site.inputs[0] : constant ? constant->shape() : site.inputs[1];
    const int left_input = constant_first ? -1 : 0;
    const int right_input = constant_first ? 0 : constant ? -1 : 1;
    return make_step(
        [kind = binary.kind, constant, left_input, right_input, elements = element_count(site.output()),
         left_elements = element_count(left), right_elements = element_count(right),
         left_index = broadcast_indices(left, site.output()),
         right_index = broadcast_indices(right, site.output())](std::int64_t count, const Buffers& buffers) {
          const auto operand = [&](int input, std::int64_t n, std::int64_t operand_elements) {
            return input < 0 ? constant->values().data()
                             : image_of(buffers.inputs[static_cast<std::size_t>(input)], n, operand_elements);
          };
          for (std::int64_t n = 0; n < count; ++n) {
            const float* a = operand(left_input, n, left_elements);
            const float* b = operand(right_input, n, right_elements);
            float* out = image_of(buffers.output, n, elements);
            for (std::int64_t i = 0; i < elements; ++i) {
              const auto at = static_cast<std::size_t>(i);
              out[i] = combine(kind, a[left_index[at]], b[right_index[at]]);
            }
          }
        });
  }
};

}  // namespace

const Kernel& ref_binary() {
  static const RefBinary kernel;
  return kernel;
}

}  // namespace roofscape::engine
