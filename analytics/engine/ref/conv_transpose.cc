// Transposed convolution: each output gathers from the inputs whose windows cover it.
#include "analytics/engine/integer/accumulator.h"
#include "analytics/engine/integer/arithmetic.h"
#include "analytics/engine/integer/epilogue.h"
#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

struct Geometry {
  op::ConvTranspose conv;
  std::int64_t channels, height, width, outputs, out_height, out_width, kernel_height, kernel_width;

  std::int64_t input_elements() const { return channels * height * width; }
  std::int64_t output_elements() const { return outputs * out_height * out_width; }

  // The input position that reaches output position `out` through tap `tap` of the kernel, or -1.
  static std::int64_t source(std::int64_t out, std::int64_t pad, std::int64_t tap, std::int64_t dilation,
                             std::int64_t stride, std::int64_t size) {
    const std::int64_t spread = out + pad - tap * dilation;
    if (spread < 0 || spread % stride != 0 || spread / stride >= size) return -1;
    return spread / stride;
  }

  // Calls term(input index, weight index) for each product of output (o, y, x).
  template <typename Term>
  void for_each_term(std::int64_t o, std::int64_t y, std::int64_t x, Term term) const {
    const std::int64_t group_channels = channels / conv.groups;
    const std::int64_t group_outputs = outputs / conv.groups;
    const std::int64_t group = o / group_outputs;
    for (std::int64_t c = group * group_channels; c < (group + 1) * group_channels; ++c)
      for (std::int64_t i = 0; i < kernel_height; ++i)
        for (std::int64_t j = 0; j < kernel_width; ++j) {
          const std::int64_t row = source(y, conv.pad[0], i, conv.dilation[0], conv.stride[0], height);
          const std::int64_t column = source(x, conv.pad[1], j, conv.dilation[1], conv.stride[1], width);
          if (row < 0 || column < 0) continue;
          term((c * height + row) * width + column,
               ((c * group_outputs + o % group_outputs) * kernel_height + i) * kernel_width + j);
        }
  }
};

Geometry geometry_of(const Site& site) {
  const Shape& x = site.inputs[0];
  const Shape& y = site.output();
  const Shape& w = site.layer->weight()->shape();
  return {*site.layer->as<op::ConvTranspose>(), x[0], x[1], x[2], y[0], y[1], y[2], w[2], w[3]};
}

// result(o, y, x, image) for every output of every image.
template <typename ResultOf>
void for_each_output(const Geometry& g, std::int64_t count, void* output, ResultOf result) {
  for (std::int64_t n = 0; n < count; ++n) {
    float* out = image_of(output, n, g.output_elements());
    for (std::int64_t o = 0; o < g.outputs; ++o)
      for (std::int64_t y = 0; y < g.out_height; ++y)
        for (std::int64_t x = 0; x < g.out_width; ++x) *out++ = result(o, y, x, n * g.input_elements());
  }
}

std::unique_ptr<Step> float_step(const Geometry& g, const Layer& layer) {
  return make_step([g, weight = layer.constants[0], bias = layer.constants.size() > 1 ? layer.constants[1] : nullptr](
                       std::int64_t count, const Buffers& buffers) {
    const auto* in = static_cast<const float*>(buffers.inputs[0]);
    const std::span<const float> w = weight->values();
    for_each_output(g, count, buffers.output, [&](std::int64_t o, std::int64_t y, std::int64_t x, std::int64_t image) {
      float sum = bias ? bias->values()[static_cast<std::size_t>(o)] : 0.0F;
      g.for_each_term(o, y, x, [&](std::int64_t from, std::int64_t by) {
        sum += in[image + from] * w[static_cast<std::size_t>(by)];
      });
      return sum;
    });
  });
}

std::unique_ptr<Step> integer_step(const Geometry& g, const Layer& layer) {
  return make_step([g, weights = integer_weights(layer), element = input_form(layer, 0, Layout::kPlain).element()](
                       std::int64_t count, const Buffers& buffers) {
    std::int64_t overflows = 0;
    for_each_output(g, count, buffers.output, [&](std::int64_t o, std::int64_t y, std::int64_t x, std::int64_t image) {
      LimitedSum sum(weights.accumulator);
      g.for_each_term(o, y, x, [&](std::int64_t from, std::int64_t by) {
        sum.add((code_at(buffers.inputs[0], element, image + from) - weights.input_zero_point) *
                std::int64_t{weights.centred[static_cast<std::size_t>(by)]});
      });
      overflows += sum.overflowed() ? 1 : 0;
      const auto channel = static_cast<std::size_t>(o);
      return integer_result(sum.value(), weights.scale[channel], weights.bias[channel]);
    });
    buffers.count_overflows(overflows);
  });
}

class RefConvTranspose final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const Geometry geometry = geometry_of(site);
    return is_integer_layer(*site.layer) ? integer_step(geometry, *site.layer) : float_step(geometry, *site.layer);
  }
};

}  // namespace

const Kernel& ref_conv_transpose() {
  static const RefConvTranspose kernel;
  return kernel;
}

}  // namespace roofscape::engine
