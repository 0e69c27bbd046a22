#include <cmath>

#include "analytics/zoo/blocks.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

struct Size {
  const char* name;
  double width, depth;
  std::int64_t resolution;
};

struct Stage {
  std::int64_t expansion, channels, repeats, stride, kernel;
};
constexpr Stage kStages[] = {{1, 16, 1, 1, 3},  {6, 24, 2, 2, 3},  {6, 40, 2, 2, 5}, {6, 80, 3, 2, 3},
                             {6, 112, 3, 1, 5}, {6, 192, 4, 2, 5}, {6, 320, 1, 1, 3}};

LayerId stage(Builder& b, LayerId x, const Stage& stage, const Size& size) {
  const auto repeats = static_cast<std::int64_t>(std::ceil(static_cast<double>(stage.repeats) * size.depth));
  for (std::int64_t i = 0; i < repeats; ++i) {
    InvertedResidual block{.kernel = stage.kernel, .stride = i == 0 ? stage.stride : 1};
    block.expanded = b.channels(x) * stage.expansion;
    block.out = round_channels(static_cast<double>(stage.channels) * size.width);
    block.squeezed = b.channels(x) / 4;
    block.function = block.squeeze_function = Kind::kSilu;
    x = inverted_residual(b, x, block);
  }
  return x;
}

Result<Network> build(const Size& size) {
  Builder b({3, size.resolution, size.resolution});
  b.part("stem");
  LayerId x = b.activation(b.conv(b.input(), round_channels(32 * size.width), {.stride = 2}), Kind::kSilu);
  int number = 0;
  for (const Stage& each : kStages) {
    b.part(fmt::format("stage{}", ++number));
    x = stage(b, x, each, size);
  }
  b.part("head");
  x = b.activation(b.pointwise(x, round_channels(1280 * size.width)), Kind::kSilu);
  return b.finish(b.dense(b.global_average(x), 1000));
}

Entry entry(std::string id, const Size& size, std::vector<Published> published) {
  return {.id = std::move(id),
          .title = fmt::format("EfficientNet-{0}, {1} × {1}", size.name, size.resolution),
          .structure = "Tan and Le, EfficientNet (2019)",
          .note = "",
          .published = std::move(published),
          .build = [size] { return build(size); }};
}

}  // namespace

std::vector<Entry> efficientnet() {
  return {
      entry("efficientnet-b0", {"B0", 1.0, 1.0, 224},
            {torchvision("5,288,548", "0.39 G"), timm_normalised("5.29 M", "0.40 G", "6.75 M")}),
      entry("efficientnet-b1", {"B1", 1.0, 1.1, 240},
            {torchvision("7,794,184", "0.69 G"), timm_normalised("7.79 M", "0.71 G", "10.88 M")}),
      entry("efficientnet-b2", {"B2", 1.1, 1.2, 288},
            {torchvision("9,109,994", "1.09 G"), timm_normalised("9.11 M", "1.12 G", "16.20 M")}),
      entry("efficientnet-b2-256", {"B2", 1.1, 1.2, 256}, {timm_normalised("9.11 M", "0.89 G", "12.81 M")}),
      entry("efficientnet-b3", {"B3", 1.2, 1.4, 300}, {torchvision("12,233,232", "1.83 G")}),
      entry("efficientnet-b3-288", {"B3", 1.2, 1.4, 288}, {timm_normalised("12.23 M", "1.63 G", "21.49 M")}),
      entry("efficientnet-b3-320", {"B3", 1.2, 1.4, 320}, {timm_normalised("12.23 M", "2.01 G", "26.52 M")}),
      entry("efficientnet-b4", {"B4", 1.4, 1.8, 380}, {torchvision("19,341,616", "4.39 G")}),
      entry("efficientnet-b4-320", {"B4", 1.4, 1.8, 320}, {timm_normalised("19.34 M", "3.13 G", "34.76 M")}),
      entry("efficientnet-b4-384", {"B4", 1.4, 1.8, 384}, {timm_normalised("19.34 M", "4.51 G", "50.04 M")}),
  };
}

}  // namespace roofscape::zoo
