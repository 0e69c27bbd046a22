#include "analytics/zoo/blocks.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

struct Variant {
  std::string id, title, structure;
  std::array<int, 4> blocks;
  bool bottleneck = true;
  std::int64_t groups = 1, widening = 1;  // of the 3 × 3 convolutions within bottlenecks
  bool squeeze = false;
};

LayerId basic(Builder& b, LayerId x, std::int64_t planes, std::int64_t stride) {
  return b.conv(b.relu(b.conv(x, planes, {.stride = stride})), planes);
}

// Version 1.5: the 3 × 3 convolution takes the stride, not the first 1 × 1.
LayerId bottleneck(Builder& b, LayerId x, std::int64_t planes, std::int64_t stride, const Variant& variant) {
  const std::int64_t inner = planes * variant.widening;
  const LayerId narrow = b.relu(b.pointwise(x, inner));
  const LayerId y = b.relu(b.conv(narrow, inner, {.stride = stride, .groups = variant.groups}));
  const LayerId wide = b.pointwise(y, 4 * planes);
  return variant.squeeze ? squeeze_excite(b, wide, planes / 4, Kind::kRelu, Kind::kSigmoid) : wide;
}

LayerId residual(Builder& b, LayerId x, std::int64_t planes, std::int64_t stride, const Variant& variant) {
  const LayerId y = variant.bottleneck ? bottleneck(b, x, planes, stride, variant) : basic(b, x, planes, stride);
  if (b.shape(y) == b.shape(x)) return b.relu(b.plus(y, x));
  return b.relu(b.plus(y, b.conv(x, b.channels(y), {.kernel = {1, 1}, .stride = stride})));
}

Result<Network> build(const Variant& variant, std::int64_t resolution) {
  Builder b({3, resolution, resolution});
  b.part("stem");
  LayerId x = b.relu(b.conv(b.input(), 64, {.kernel = {7, 7}, .stride = 2}));
  x = b.max_pool(x, 3, 2, 1);
  for (std::size_t stage = 0; stage < variant.blocks.size(); ++stage)
    for (int i = 0; i < variant.blocks[stage]; ++i) {
      b.part(fmt::format("layer{}.{}", stage + 1, i));
      x = residual(b, x, std::int64_t{64} << stage, stage > 0 && i == 0 ? 2 : 1, variant);
    }
  b.part("head");
  return b.finish(b.dense(b.global_average(x), 1000));
}

Entry entry(const Variant& variant, std::int64_t resolution, std::vector<Published> published) {
  return {.id = resolution == 224 ? variant.id : fmt::format("{}-{}", variant.id, resolution),
          .title = fmt::format("{0}, {1} × {1}", variant.title, resolution),
          .structure = variant.structure,
          .note = "",
          .published = std::move(published),
          .build = [variant, resolution] { return build(variant, resolution); }};
}

constexpr const char* kResnet = "He et al., Deep Residual Learning for Image Recognition (2016)";
constexpr const char* kStrides = "He et al. (2016), with the strides of version 1.5 (torchvision, NVIDIA)";

std::vector<Entry> basic_ones() {
  const Variant v18{
      .id = "resnet-18", .title = "ResNet-18", .structure = kResnet, .blocks = {2, 2, 2, 2}, .bottleneck = false};
  const Variant v34{
      .id = "resnet-34", .title = "ResNet-34", .structure = kResnet, .blocks = {3, 4, 6, 3}, .bottleneck = false};
  return {
      entry(v18, 160, {timm_normalised("11.69 M", "0.93 G", "1.27 M")}),
      entry(v18, 224, {torchvision("11,689,512", "1.81 G"), timm_normalised("11.69 M", "1.82 G", "2.48 M")}),
      entry(v18, 288, {timm_normalised("11.69 M", "3.01 G", "4.11 M")}),
      entry(v34, 160, {timm_normalised("21.80 M", "1.87 G", "1.91 M")}),
      entry(v34, 224, {torchvision("21,797,672", "3.66 G"), timm_normalised("21.80 M", "3.67 G", "3.74 M")}),
      entry(v34, 288, {timm_normalised("21.80 M", "6.07 G", "6.18 M")}),
  };
}

std::vector<Entry> bottleneck_ones() {
  const Variant v50{.id = "resnet-50", .title = "ResNet-50 v1.5", .structure = kStrides, .blocks = {3, 4, 6, 3}};
  const Variant v101{.id = "resnet-101", .title = "ResNet-101 v1.5", .structure = kStrides, .blocks = {3, 4, 23, 3}};
  const Variant v152{.id = "resnet-152", .title = "ResNet-152 v1.5", .structure = kStrides, .blocks = {3, 8, 36, 3}};
  return {
      entry(v50, 160, {timm_normalised("25.56 M", "2.10 G", "5.67 M")}),
      entry(v50, 176, {timm_normalised("25.56 M", "2.62 G", "6.92 M")}),
      entry(v50, 224, {torchvision("25,557,032", "4.09 G"), timm_normalised("25.56 M", "4.11 G", "11.11 M")}),
      entry(v50, 288, {timm_normalised("25.56 M", "6.80 G", "18.37 M")}),
      entry(v101, 176, {timm_normalised("44.55 M", "4.92 G", "10.08 M")}),
      entry(v101, 224, {torchvision("44,549,160", "7.80 G"), timm_normalised("44.55 M", "7.83 G", "16.23 M")}),
      entry(v101, 288, {timm_normalised("44.55 M", "12.95 G", "26.83 M")}),
      entry(v152, 176, {timm_normalised("60.19 M", "7.22 G", "13.99 M")}),
      entry(v152, 224, {torchvision("60,192,808", "11.51 G"), timm_normalised("60.19 M", "11.56 G", "22.56 M")}),
      entry(v152, 288, {timm_normalised("60.19 M", "19.11 G", "37.28 M")}),
  };
}

std::vector<Entry> wider_ones() {
  const char* const aggregated = "Xie et al., Aggregated Residual Transformations (2017)";
  const Variant x50{.id = "resnext-50",
                    .title = "ResNeXt-50 32x4d",
                    .structure = aggregated,
                    .blocks = {3, 4, 6, 3},
                    .groups = 32,
                    .widening = 2};
  const Variant x101{.id = "resnext-101",
                     .title = "ResNeXt-101 32x8d",
                     .structure = aggregated,
                     .blocks = {3, 4, 23, 3},
                     .groups = 32,
                     .widening = 4};
  const Variant wide{.id = "wide-resnet-50-2",
                     .title = "Wide ResNet-50-2",
                     .structure = "Zagoruyko and Komodakis, Wide Residual Networks (2016)",
                     .blocks = {3, 4, 6, 3},
                     .widening = 2};
  const Variant squeezed{.id = "se-resnet-50",
                         .title = "SE-ResNet-50",
                         .structure = "Hu et al., Squeeze-and-Excitation Networks (2018)",
                         .blocks = {3, 4, 6, 3},
                         .squeeze = true};
  return {
      entry(x50, 224, {torchvision("25,028,904", "4.23 G"), timm_normalised("25.03 M", "4.26 G", "14.40 M")}),
      entry(x101, 224, {torchvision("88,791,336", "16.41 G"), timm_normalised("88.79 M", "16.48 G", "31.21 M")}),
      entry(wide, 224, {torchvision("68,883,240", "11.40 G"), timm_normalised("68.88 M", "11.43 G", "14.40 M")}),
      entry(squeezed, 224, {timm_normalised("28.09 M", "4.11 G", "11.13 M")}),
  };
}

}  // namespace

std::vector<Entry> resnet() {
  std::vector<Entry> all = basic_ones();
  for (Entry& each : bottleneck_ones()) all.push_back(std::move(each));
  for (Entry& each : wider_ones()) all.push_back(std::move(each));
  return all;
}

}  // namespace roofscape::zoo
