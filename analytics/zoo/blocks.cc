#include "analytics/zoo/blocks.h"

#include <algorithm>
#include <cmath>

namespace roofscape::zoo {
namespace {

// [S, D] → [heads, S, D/heads], or, for keys, [heads, D/heads, S].
LayerId split_heads(Builder& b, LayerId x, std::int64_t heads, bool keys) {
  const Shape whole = b.shape(x);
  const LayerId split = b.reshape(x, {whole[0], heads, whole[1] / heads});
  return b.transpose(split, keys ? std::vector<std::int64_t>{1, 2, 0} : std::vector<std::int64_t>{1, 0, 2});
}

}  // namespace

std::int64_t round_channels(double value, std::int64_t step) {
  const auto whole = static_cast<std::int64_t>(value + static_cast<double>(step) / 2) / step * step;
  const std::int64_t rounded = std::max(step, whole);
  return static_cast<double>(rounded) < 0.9 * value ? rounded + step : rounded;
}

LayerId squeeze_excite(Builder& b, LayerId x, std::int64_t squeezed, Kind function, Kind gate) {
  const LayerId narrow = b.activation(b.pointwise(b.global_pool(x), squeezed), function);
  return b.times(x, b.activation(b.pointwise(narrow, b.channels(x)), gate));
}

LayerId inverted_residual(Builder& b, LayerId x, const InvertedResidual& block) {
  const auto function = [&](LayerId value) {
    return block.clip ? b.relu6(value) : b.activation(value, block.function);
  };
  LayerId y = x;
  if (block.expanded != b.channels(x)) y = function(b.pointwise(y, block.expanded));
  y = function(b.depthwise(y, block.kernel, block.stride));
  if (block.squeezed > 0) y = squeeze_excite(b, y, block.squeezed, block.squeeze_function, block.gate);
  y = b.pointwise(y, block.out);
  return b.shape(y) == b.shape(x) ? b.plus(y, x) : y;
}

LayerId attention(Builder& b, LayerId x, std::int64_t heads) {
  const Shape whole = b.shape(x);
  const float scale = 1 / std::sqrt(static_cast<float>(whole[1] / heads));
  const LayerId query = b.with_number(b.dense(x, whole[1]), op::Binary::Kind::kMul, scale);
  const LayerId key = b.dense(x, whole[1]);
  const LayerId value = b.dense(x, whole[1]);
  const LayerId scores = b.matmul(split_heads(b, query, heads, false), split_heads(b, key, heads, true));
  const LayerId mixed = b.matmul(b.softmax(scores, 2), split_heads(b, value, heads, false));
  return b.dense(b.reshape(b.transpose(mixed, {1, 0, 2}), whole), whole[1]);
}

LayerId feed_forward(Builder& b, LayerId x, std::int64_t hidden) {
  const std::int64_t width = b.shape(x).back();
  return b.dense(b.activation(b.dense(x, hidden), Kind::kGelu), width);
}

}  // namespace roofscape::zoo
