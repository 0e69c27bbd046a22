// Convolution, by its definition: seven loops.
#include "analytics/engine/integer/accumulator.h"
#include "analytics/engine/integer/arithmetic.h"
#include "analytics/engine/integer/epilogue.h"
#include "analytics/engine/ref/ref.h"

namespace roofscape::engine {
namespace {

struct Geometry {
  op::Conv conv;
  std::int64_t channels, height, width, outputs, out_height, out_width, kernel_height, kernel_width;

  std::int64_t input_elements() const { return channels * height * width; }
  std::int64_t output_elements() const { return outputs * out_height * out_width; }

  // Calls term(input index, weight index) for each product of output (o, y, x) that does not fall on padding.
  template <typename Term>
  void for_each_term(std::int64_t o, std::int64_t y, std::int64_t x, Term term) const {
    const std::int64_t group_channels = channels / conv.groups;
    const std::int64_t first_channel = o / (outputs / conv.groups) * group_channels;
    for (std::int64_t c = 0; c < group_channels; ++c)
      for (std::int64_t i = 0; i < kernel_height; ++i)
        for (std::int64_t j = 0; j < kernel_width; ++j) {
          const std::int64_t row = y * conv.stride[0] - conv.pad[0] + i * conv.dilation[0];
          const std::int64_t column = x * conv.stride[1] - conv.pad[1] + j * conv.dilation[1];
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          term(((first_channel + c) * height + row) * width + column,
               ((o * group_channels + c) * kernel_height + i) * kernel_width + j);
        }
  }
};

Geometry geometry_of(const Site& site) {
  const Shape& x = site.inputs[0];
  const Shape& y = site.output();
  const Shape& w = site.layer->weight()->shape();
  return {*site.layer->as<op::Conv>(), x[0], x[1], x[2], y[0], y[1], y[2], w[2], w[3]};
}

std::unique_ptr<Step> float_step(const Geometry& g, const Layer& layer) {
  return make_step([g, weight = layer.constants[0], bias = layer.constants.size() > 1 ? layer.constants[1] : nullptr](
                       std::int64_t count, const Buffers& buffers) {
    const std::span<const float> w = weight->values();
    for (std::int64_t n = 0; n < count; ++n) {
      const float* in = image_of(buffers.inputs[0], n, g.input_elements());
      float* out = image_of(buffers.output, n, g.output_elements());
      for (std::int64_t o = 0; o < g.outputs; ++o)
        for (std::int64_t y = 0; y < g.out_height; ++y)
          for (std::int64_t x = 0; x < g.out_width; ++x) {
            float sum = bias ? bias->values()[static_cast<std::size_t>(o)] : 0.0F;
            g.for_each_term(o, y, x, [&](std::int64_t from, std::int64_t by) {
              sum += in[from] * w[static_cast<std::size_t>(by)];
            });
            *out++ = sum;
          }
    }
  });
}

std::unique_ptr<Step> integer_step(const Geometry& g, const Layer& layer) {
  return make_step([g, weights = integer_weights(layer), element = input_form(layer, 0, Layout::kPlain).element()](
                       std::int64_t count, const Buffers& buffers) {
    std::int64_t overflows = 0;
    for (std::int64_t n = 0; n < count; ++n) {
      const std::int64_t image = n * g.input_elements();
      float* out = image_of(buffers.output, n, g.output_elements());
      for (std::int64_t o = 0; o < g.outputs; ++o)
        for (std::int64_t y = 0; y < g.out_height; ++y)
          for (std::int64_t x = 0; x < g.out_width; ++x) {
            LimitedSum sum(weights.accumulator);
            g.for_each_term(o, y, x, [&](std::int64_t from, std::int64_t by) {
              sum.add((code_at(buffers.inputs[0], element, image + from) - weights.input_zero_point) *
                      std::int64_t{weights.centred[static_cast<std::size_t>(by)]});
            });
            overflows += sum.overflowed() ? 1 : 0;
            const auto channel = static_cast<std::size_t>(o);
            *out++ = integer_result(sum.value(), weights.scale[channel], weights.bias[channel]);
          }
    }
    buffers.count_overflows(overflows);
  });
}

class RefConv final : public RefKernel {
 public:
  Result<std::unique_ptr<Step>> prepare(const Site& site, const Epilogue&, std::int64_t) const override {
    const Geometry geometry = geometry_of(site);
    return is_integer_layer(*site.layer) ? integer_step(geometry, *site.layer) : float_step(geometry, *site.layer);
  }
};

}  // namespace

const Kernel& ref_conv() {
  static const RefConv kernel;
  return kernel;
}

}  // namespace roofscape::engine
