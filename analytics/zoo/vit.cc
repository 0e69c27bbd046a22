#include "analytics/zoo/blocks.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

struct Size {
  std::int64_t layers, width, heads, patch;
};

// Patches as a sequence behind a class token, all with their places added: the token is a row of zeros, and its values
// stand in the first row of the places.
LayerId embedded(Builder& b, const Size& size) {
  const Window patches{.kernel = {size.patch, size.patch}, .stride = size.patch, .pad = kNoPad};
  LayerId x = b.conv(b.input(), size.width, patches);
  x = b.transpose(b.reshape(x, {size.width, b.shape(x)[1] * b.shape(x)[2]}), {1, 0});
  x = b.add("token", op::Pad{{1, 0}, {0, 0}}, {x});
  return b.add("places", op::Binary{}, {x}, {shape_only_tensor(b.shape(x))});
}

Result<Network> build(const Size& size) {
  Builder b({3, 224, 224});
  b.part("embedding");
  LayerId x = embedded(b, size);
  for (std::int64_t i = 0; i < size.layers; ++i) {
    b.part(fmt::format("layer{}", i));
    x = b.plus(attention(b, b.layer_norm(x, 1), size.heads), x);
    x = b.plus(feed_forward(b, b.layer_norm(x, 1), 4 * size.width), x);
  }
  b.part("head");
  x = b.slice(b.layer_norm(x, 1), 0, 0, 1);
  return b.finish(b.dense(b.flatten(x), 1000));
}

Entry entry(std::string id, const char* title, const char* structure, const Size& size,
            std::vector<Published> published) {
  return {.id = std::move(id),
          .title = fmt::format("{}, 224 × 224 in patches of {}", title, size.patch),
          .structure = structure,
          .note = "",
          .published = std::move(published),
          .build = [size] { return build(size); }};
}

}  // namespace

std::vector<Entry> vit() {
  const char* const words = "Dosovitskiy et al., An Image is Worth 16x16 Words (2021)";
  const char* const distilled = "Touvron et al., Training data-efficient image transformers (2021)";
  const Size tiny{12, 192, 3, 16}, small{12, 384, 6, 16}, base{12, 768, 12, 16};
  return {
      entry("deit-tiny", "DeiT-tiny", distilled, tiny, {timm("5.72 M", "1.26 G", "5.97 M")}),
      entry("deit-small", "DeiT-small", distilled, small, {timm("22.05 M", "4.61 G", "11.95 M")}),
      entry("deit-base", "DeiT-base", distilled, base, {timm("86.57 M", "17.58 G", "23.90 M")}),
      entry("vit-base-16", "ViT-B/16", words, base,
            {torchvision("86,567,656", "17.56 G"), timm("86.57 M", "17.58 G", "23.90 M")}),
      entry("vit-base-32", "ViT-B/32", words, {12, 768, 12, 32}, {timm("88.22 M", "4.41 G", "5.01 M")}),
      entry("vit-large-16", "ViT-L/16", words, {24, 1024, 16, 16}, {timm("304.33 M", "61.60 G", "63.52 M")}),
  };
}

}  // namespace roofscape::zoo
