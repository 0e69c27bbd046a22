#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

using Depths = std::array<int, 5>;

Result<Network> build(const Depths& depths) {
  constexpr std::array<std::int64_t, 5> kFilters{64, 128, 256, 512, 512};
  Builder b({3, 224, 224});
  LayerId x = b.input();
  for (std::size_t stage = 0; stage < depths.size(); ++stage) {
    b.part(fmt::format("stage{}", stage + 1));
    for (int i = 0; i < depths[stage]; ++i) x = b.relu(b.conv(x, kFilters[stage]));
    x = b.max_pool(x, 2, 2);
  }
  b.part("head");
  x = b.flatten(x);
  for (int i = 0; i < 2; ++i) x = b.relu(b.dense(x, 4096));
  return b.finish(b.dense(x, 1000));
}

Entry entry(int layers, const Depths& depths, std::vector<Published> published) {
  return {.id = fmt::format("vgg-{}", layers),
          .title = fmt::format("VGG-{}, 224 × 224", layers),
          .structure = "Simonyan and Zisserman, Very Deep Convolutional Networks (2015)",
          .note = "",
          .published = std::move(published),
          .build = [depths] { return build(depths); }};
}

}  // namespace

std::vector<Entry> vgg() {
  return {
      entry(11, {1, 1, 2, 2, 2}, {torchvision("132,863,336", "7.61 G"), timm("132.86 M", "7.61 G", "7.44 M")}),
      entry(13, {2, 2, 2, 2, 2}, {torchvision("133,047,848", "11.31 G"), timm("133.05 M", "11.31 G", "12.25 M")}),
      entry(16, {2, 2, 3, 3, 3}, {torchvision("138,357,544", "15.47 G"), timm("138.36 M", "15.47 G", "13.56 M")}),
      entry(19, {2, 2, 4, 4, 4}, {torchvision("143,667,240", "19.63 G"), timm("143.67 M", "19.63 G", "14.86 M")}),
  };
}

}  // namespace roofscape::zoo
