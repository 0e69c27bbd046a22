#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

struct Size {
  const char* name;
  std::array<int, 4> depths;
  std::int64_t width;
};

LayerId block(Builder& b, LayerId x) {
  const std::int64_t width = b.channels(x);
  LayerId y = b.layer_norm(b.depthwise(x, 7), 0);
  y = b.pointwise(b.activation(b.pointwise(y, 4 * width), Kind::kGelu), width);
  return b.plus(y, x);
}

Result<Network> build(const Size& size, std::int64_t resolution) {
  Builder b({3, resolution, resolution});
  LayerId x = b.input();
  for (std::size_t stage = 0; stage < size.depths.size(); ++stage) {
    b.part(fmt::format("stage{}.down", stage));
    const std::int64_t width = size.width << stage, patch = stage == 0 ? 4 : 2;
    if (stage > 0) x = b.layer_norm(x, 0);
    x = b.conv(x, width, {.kernel = {patch, patch}, .stride = patch, .pad = kNoPad});
    if (stage == 0) x = b.layer_norm(x, 0);
    for (int i = 0; i < size.depths[stage]; ++i) {
      b.part(fmt::format("stage{}.{}", stage, i));
      x = block(b, x);
    }
  }
  b.part("head");
  return b.finish(b.dense(b.layer_norm(b.global_average(x), 0), 1000));
}

Entry entry(const Size& size, std::int64_t resolution, std::vector<Published> published) {
  const std::string suffix = resolution == 224 ? "" : fmt::format("-{}", resolution);
  return {.id = fmt::format("convnext-{}{}", size.name, suffix),
          .title = fmt::format("ConvNeXt-{0}, {1} × {1}", size.name, resolution),
          .structure = "Liu et al., A ConvNet for the 2020s (2022)",
          .note = "The scale of each block's result is folded into its last convolution.",
          .published = std::move(published),
          .build = [size, resolution] { return build(size, resolution); }};
}

}  // namespace

std::vector<Entry> convnext() {
  const Size tiny{"tiny", {3, 3, 9, 3}, 96}, small{"small", {3, 3, 27, 3}, 96}, base{"base", {3, 3, 27, 3}, 128};
  return {
      entry(tiny, 224, {torchvision("28,589,128", "4.46 G"), timm("28.59 M", "4.47 G", "13.44 M")}),
      entry(tiny, 288, {timm("28.59 M", "7.39 G", "22.21 M")}),
      entry(small, 224, {torchvision("50,223,688", "8.68 G"), timm("50.22 M", "8.71 G", "21.56 M")}),
      entry(base, 224, {torchvision("88,591,464", "15.36 G"), timm("88.59 M", "15.38 G", "28.75 M")}),
  };
}

}  // namespace roofscape::zoo
