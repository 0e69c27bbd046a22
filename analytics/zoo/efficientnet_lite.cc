#include <cmath>

#include "analytics/zoo/blocks.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

struct Size {
  int number;
  double width, depth;
  std::int64_t resolution;
};

struct Stage {
  std::int64_t expansion, channels, repeats, stride, kernel;
  bool deepened;  // repeats grow with the size
};
constexpr Stage kStages[] = {{1, 16, 1, 1, 3, false}, {6, 24, 2, 2, 3, true},  {6, 40, 2, 2, 5, true},
                             {6, 80, 3, 2, 3, true},  {6, 112, 3, 1, 5, true}, {6, 192, 4, 2, 5, true},
                             {6, 320, 1, 1, 3, false}};

LayerId stage(Builder& b, LayerId x, const Stage& stage, const Size& size) {
  const double repeats = static_cast<double>(stage.repeats) * (stage.deepened ? size.depth : 1);
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(std::ceil(repeats)); ++i) {
    InvertedResidual block{.kernel = stage.kernel, .stride = i == 0 ? stage.stride : 1, .clip = true};
    block.expanded = b.channels(x) * stage.expansion;
    block.out = round_channels(static_cast<double>(stage.channels) * size.width);
    x = inverted_residual(b, x, block);
  }
  return x;
}

Result<Network> build(const Size& size) {
  Builder b({3, size.resolution, size.resolution});
  b.part("stem");
  LayerId x = b.relu6(b.conv(b.input(), 32, {.stride = 2}));
  int number = 0;
  for (const Stage& each : kStages) {
    b.part(fmt::format("stage{}", ++number));
    x = stage(b, x, each, size);
  }
  b.part("head");
  x = b.relu6(b.pointwise(x, 1280));
  return b.finish(b.dense(b.global_average(x), 1000));
}

Published google(Figure parameters) { return {"tensorflow/tpu, EfficientNet-Lite", parameters, {}, {}}; }

Entry entry(const Size& size, std::string suffix, std::vector<Published> published) {
  return {.id = fmt::format("efficientnet-lite{}{}", size.number, suffix),
          .title = fmt::format("EfficientNet-Lite{0}, {1} × {1}", size.number, size.resolution),
          .structure =
              "tensorflow/tpu, EfficientNet-Lite (2020): no squeeze and excitation, ReLU6, stem and head of one "
              "width",
          .note = "",
          .published = std::move(published),
          .build = [size] { return build(size); }};
}

}  // namespace

std::vector<Entry> efficientnet_lite() {
  return {
      entry({0, 1.0, 1.0, 224}, "", {timm_normalised("4.65 M", "0.40 G", "6.74 M")}),
      entry({1, 1.0, 1.1, 240}, "", {timm_normalised("5.42 M", "0.62 G", "10.14 M")}),
      entry({2, 1.1, 1.2, 260}, "", {timm_normalised("6.09 M", "0.89 G", "12.90 M")}),
      entry({3, 1.2, 1.4, 280}, "", {google("8.2 M")}),
      entry({3, 1.2, 1.4, 300}, "-300", {timm_normalised("8.20 M", "1.65 G", "21.85 M")}),
      entry({4, 1.4, 1.8, 300}, "", {google("13.0 M")}),
      entry({4, 1.4, 1.8, 380}, "-380", {timm_normalised("13.01 M", "4.04 G", "45.66 M")}),
  };
}

}  // namespace roofscape::zoo
