#include "analytics/network/integer_layer.h"

#include <bit>

namespace roofscape {
namespace {

// Up to 31 bits, so that q − z fits 32.
bool is_integer(const QuantiserPtr& quantiser) {
  return quantiser && quantiser->has_codes() && quantiser->one_scale() && quantiser->format.bits() <= 31;
}

// Bits of the magnitude of q − z.
int centred_bits(const Quantiser& quantiser) {
  const std::int64_t span = quantiser.format.highest() - quantiser.format.lowest();
  return std::bit_width(static_cast<std::uint64_t>(span));
}

}  // namespace

bool is_integer_layer(const Layer& layer) {
  const QuantiserPtr x = layer.arithmetic.input(0);
  if (!is_integer(x) || x->per_channel()) return false;
  QuantiserPtr w;
  if (layer.as<op::MatMul>()) {
    w = layer.arithmetic.input(1);
    if (!is_integer(w) || w->per_channel()) return false;
  } else if (layer.as<op::Conv>() || layer.as<op::ConvTranspose>() || layer.as<op::Dense>()) {
    w = layer.arithmetic.weight;
    if (!is_integer(w) || layer.weight() == nullptr) return false;
    if (w->per_channel() && w->axis != weight_output_axis(layer)) return false;
  } else {
    return false;
  }
  const int sum_bits =
      centred_bits(*x) + centred_bits(*w) + std::bit_width(static_cast<std::uint64_t>(products_of_sum(layer)));
  return sum_bits <= 62;
}

NumberFormat factor_format(const QuantiserPtr& quantiser) {
  return quantiser && quantiser->one_scale() ? quantiser->format : NumberFormat::fp32();
}

int weight_output_axis(const Layer& layer) { return layer.as<op::ConvTranspose>() ? 1 : 0; }

std::int64_t products_of_sum(const Layer& layer) {
  const Tensor* weight = layer.weight();
  if (weight == nullptr) return std::int64_t{1} << 24;
  const std::int64_t along_output = weight->shape()[static_cast<std::size_t>(weight_output_axis(layer))];
  return along_output == 0 ? 0 : weight->size() / along_output;
}

}  // namespace roofscape
