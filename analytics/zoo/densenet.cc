#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

struct Size {
  int layers;
  std::array<int, 4> blocks;
  std::int64_t growth, stem;
};

// Everything so far, and `growth` new channels made of it.
LayerId dense_layer(Builder& b, LayerId x, std::int64_t growth) {
  const LayerId narrow = b.relu(b.pointwise(b.relu(b.scale_shift(x)), 4 * growth));
  return b.concat({x, b.conv(narrow, growth)});
}

Result<Network> build(const Size& size) {
  Builder b({3, 224, 224});
  b.part("stem");
  LayerId x = b.relu(b.conv(b.input(), size.stem, {.kernel = {7, 7}, .stride = 2}));
  x = b.max_pool(x, 3, 2, 1);
  for (std::size_t block = 0; block < size.blocks.size(); ++block) {
    for (int i = 0; i < size.blocks[block]; ++i) {
      b.part(fmt::format("block{}.{}", block + 1, i));
      x = dense_layer(b, x, size.growth);
    }
    if (block + 1 == size.blocks.size()) break;
    b.part(fmt::format("transition{}", block + 1));
    x = b.average_pool(b.pointwise(b.relu(b.scale_shift(x)), b.channels(x) / 2), 2, 2);
  }
  b.part("head");
  return b.finish(b.dense(b.global_average(b.relu(b.scale_shift(x))), 1000));
}

Entry entry(const Size& size, std::vector<Published> published) {
  return {.id = fmt::format("densenet-{}", size.layers),
          .title = fmt::format("DenseNet-{}, 224 × 224", size.layers),
          .structure = "Huang et al., Densely Connected Convolutional Networks (2017)",
          .note = "Normalisations that stand before a layer's first convolution read joined channels and stay.",
          .published = std::move(published),
          .build = [size] { return build(size); }};
}

}  // namespace

std::vector<Entry> densenet() {
  return {
      entry({121, {6, 12, 24, 16}, 32, 64},
            {torchvision("7,978,856", "2.83 G"), timm_normalised("7.98 M", "2.87 G", "6.90 M")}),
      entry({161, {6, 12, 36, 24}, 48, 96}, {torchvision("28,681,000", "7.73 G")}),
      entry({169, {6, 12, 32, 32}, 32, 64},
            {torchvision("14,149,480", "3.36 G"), timm_normalised("14.15 M", "3.40 G", "7.30 M")}),
      entry({201, {6, 12, 48, 32}, 32, 64},
            {torchvision("20,013,928", "4.29 G"), timm_normalised("20.01 M", "4.34 G", "7.85 M")}),
  };
}

}  // namespace roofscape::zoo
