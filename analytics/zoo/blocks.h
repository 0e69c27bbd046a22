// Pieces that several networks are made of.
#pragma once

#include "analytics/zoo/builder.h"

namespace roofscape::zoo {

// `value`, rounded to a multiple of `step`, at least one step and not more than a tenth below (MobileNet's rule).
std::int64_t round_channels(double value, std::int64_t step = 8);

// x times a gate a channel: pool, `squeezed` channels, `function`, back to all, `gate` (Hu et al. 2018).
LayerId squeeze_excite(Builder& b, LayerId x, std::int64_t squeezed, Kind function, Kind gate);

// Inverted residual (Sandler et al. 2018): widened to `expanded`, a depthwise kernel, narrowed to `out` without a
// function; the input is added where its shape allows. Of EfficientNet and MobileNet-v3 with squeeze and excitation.
struct InvertedResidual {
  std::int64_t kernel = 3, stride = 1, expanded = 0, out = 0;
  std::int64_t squeezed = 0;  // 0: no squeeze and excitation
  Kind function = Kind::kRelu;
  bool clip = false;  // ReLU6 in place of `function`
  Kind squeeze_function = Kind::kRelu, gate = Kind::kSigmoid;
};
LayerId inverted_residual(Builder& b, LayerId x, const InvertedResidual& block);

// Multi-head self-attention of a sequence [S, D], and what follows: the output's projection.
LayerId attention(Builder& b, LayerId x, std::int64_t heads);
// D → hidden → D with GELU between.
LayerId feed_forward(Builder& b, LayerId x, std::int64_t hidden);

}  // namespace roofscape::zoo
