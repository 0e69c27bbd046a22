#include "analytics/zoo/blocks.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

struct Block {
  std::int64_t kernel, expanded, out;
  bool squeezed, hard_swish;
  std::int64_t stride;
};
constexpr Block kLarge[] = {
    {3, 16, 16, false, false, 1}, {3, 64, 24, false, false, 2}, {3, 72, 24, false, false, 1},
    {5, 72, 40, true, false, 2},  {5, 120, 40, true, false, 1}, {5, 120, 40, true, false, 1},
    {3, 240, 80, false, true, 2}, {3, 200, 80, false, true, 1}, {3, 184, 80, false, true, 1},
    {3, 184, 80, false, true, 1}, {3, 480, 112, true, true, 1}, {3, 672, 112, true, true, 1},
    {5, 672, 160, true, true, 2}, {5, 960, 160, true, true, 1}, {5, 960, 160, true, true, 1},
};
constexpr Block kSmall[] = {
    {3, 16, 16, true, false, 2}, {3, 72, 24, false, false, 2}, {3, 88, 24, false, false, 1},
    {5, 96, 40, true, true, 2},  {5, 240, 40, true, true, 1},  {5, 240, 40, true, true, 1},
    {5, 120, 48, true, true, 1}, {5, 144, 48, true, true, 1},  {5, 288, 96, true, true, 2},
    {5, 576, 96, true, true, 1}, {5, 576, 96, true, true, 1},
};

Result<Network> build(std::span<const Block> blocks, std::int64_t hidden) {
  Builder b({3, 224, 224});
  b.part("stem");
  LayerId x = b.activation(b.conv(b.input(), 16, {.stride = 2}), Kind::kHardSwish);
  int number = 0;
  for (const Block& each : blocks) {
    b.part(fmt::format("block{}", ++number));
    InvertedResidual block{.kernel = each.kernel, .stride = each.stride, .expanded = each.expanded, .out = each.out};
    if (each.squeezed) block.squeezed = round_channels(static_cast<double>(each.expanded) / 4);
    block.function = each.hard_swish ? Kind::kHardSwish : Kind::kRelu;
    block.gate = Kind::kHardSigmoid;
    x = inverted_residual(b, x, block);
  }
  b.part("head");
  x = b.activation(b.pointwise(x, 6 * b.channels(x)), Kind::kHardSwish);
  return b.finish(b.dense(b.activation(b.dense(b.global_average(x), hidden), Kind::kHardSwish), 1000));
}

Entry entry(const char* size, std::span<const Block> blocks, std::int64_t hidden, std::vector<Published> published) {
  return {.id = fmt::format("mobilenet-v3-{}", size),
          .title = fmt::format("MobileNet v3 {}, 224 × 224", size),
          .structure = "Howard et al., Searching for MobileNetV3 (2019)",
          .note = "",
          .published = std::move(published),
          .build = [blocks, hidden] { return build(blocks, hidden); }};
}

}  // namespace

std::vector<Entry> mobilenet_v3() {
  return {
      entry("large", kLarge, 1280, {torchvision("5,483,032", "0.22 G"), timm_normalised("5.48 M", "0.23 G", "4.41 M")}),
      entry("small", kSmall, 1024, {torchvision("2,542,856", "0.06 G"), timm_normalised("2.54 M", "0.06 G", "1.42 M")}),
  };
}

}  // namespace roofscape::zoo
