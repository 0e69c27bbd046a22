#include "analytics/zoo/blocks.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

struct Stage {
  std::int64_t kernel, stride, expansion, channels, repeats;
};
constexpr Stage kStages[] = {{3, 2, 3, 24, 3}, {5, 2, 3, 40, 3},  {5, 2, 6, 80, 3},
                             {3, 1, 6, 96, 2}, {5, 2, 6, 192, 4}, {3, 1, 6, 320, 1}};

Result<Network> build(double width) {
  const auto scaled = [width](std::int64_t channels) { return round_channels(static_cast<double>(channels) * width); };
  Builder b({3, 224, 224});
  b.part("stem");
  LayerId x = b.relu(b.conv(b.input(), scaled(32), {.stride = 2}));
  x = b.pointwise(b.relu(b.depthwise(x, 3)), scaled(16));
  int number = 0;
  for (const Stage& stage : kStages) {
    b.part(fmt::format("stage{}", ++number));
    for (std::int64_t i = 0; i < stage.repeats; ++i) {
      InvertedResidual block{.kernel = stage.kernel, .stride = i == 0 ? stage.stride : 1};
      block.expanded = b.channels(x) * stage.expansion;
      block.out = scaled(stage.channels);
      x = inverted_residual(b, x, block);
    }
  }
  b.part("head");
  return b.finish(b.dense(b.global_average(b.relu(b.pointwise(x, 1280))), 1000));
}

Entry entry(const char* width, double factor, std::vector<Published> published) {
  return {.id = fmt::format("mnasnet-{}", width),
          .title = fmt::format("MNASNet (B1) {}, 224 × 224", width),
          .structure = "Tan et al., MnasNet (2019)",
          .note = "",
          .published = std::move(published),
          .build = [factor] { return build(factor); }};
}

}  // namespace

std::vector<Entry> mnasnet() {
  return {
      entry("0.5", 0.5, {torchvision("2,218,512", "0.10 G"), timm_normalised("2.22 M", "0.11 G", "3.07 M")}),
      entry("0.75", 0.75, {torchvision("3,170,208", {})}),
      entry("1.0", 1.0, {torchvision("4,383,312", "0.31 G"), timm_normalised("4.38 M", "0.33 G", "5.46 M")}),
      entry("1.3", 1.3, {torchvision("6,282,256", "0.53 G")}),
  };
}

}  // namespace roofscape::zoo
