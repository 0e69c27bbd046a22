#include "analytics/zoo/blocks.h"
#include "analytics/zoo/families.h"

namespace roofscape::zoo {
namespace {

struct Size {
  const char* name;
  std::int64_t layers, width, heads;
  Figure parameters;  // less the embedding tables
};

// From the sum of word, position and segment embeddings on; answers start and end of a span, as for SQuAD.
Result<Network> build(const Size& size, std::int64_t tokens) {
  Builder b({tokens, size.width});
  b.part("embeddings");
  LayerId x = b.layer_norm(b.input(), 1);
  for (std::int64_t i = 0; i < size.layers; ++i) {
    b.part(fmt::format("layer{}", i));
    x = b.layer_norm(b.plus(attention(b, x, size.heads), x), 1);
    x = b.layer_norm(b.plus(feed_forward(b, x, 4 * size.width), x), 1);
  }
  b.part("span");
  return b.finish(b.dense(x, 2));
}

Entry entry(const Size& size, std::int64_t tokens, Figure ops) {
  std::vector<Published> published{
      {"Devlin et al., BERT (2019), 110 M and 340 M, less tables of 30,522 + 512 + 2 rows", size.parameters, {}, {}}};
  if (ops.is_given()) published.push_back({"Sun et al., MobileBERT (2020)", {}, {}, {}, ops});
  return {
      .id = fmt::format("bert-{}-{}", size.name, tokens),
      .title = fmt::format("BERT-{}, sequences of {} tokens", size.name, tokens),
      .structure = "Devlin et al., BERT (2019)",
      .note = fmt::format("Starts from the embedded tokens: the tables, {:.1f} M numbers, are looked up and multiply "
                          "nothing.",
                          (30522 + 512 + 2) * static_cast<double>(size.width) / 1e6),
      .published = std::move(published),
      .build = [size, tokens] { return build(size, tokens); }};
}

}  // namespace

std::vector<Entry> bert() {
  const Size base{"base", 12, 768, 12, "86.2 M"}, large{"large", 24, 1024, 16, "308 M"};
  return {entry(base, 128, "22.5 G"), entry(base, 384, {}), entry(large, 128, {}), entry(large, 384, {})};
}

}  // namespace roofscape::zoo
