#include "analytics/zoo/mobilenet_v1.h"

#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

Result<Network> build(double width, std::int64_t resolution, std::int64_t classes) {
  Builder b({3, resolution, resolution});
  const LayerId x = mobilenet_v1_features(b, width, [](int, LayerId) {});
  b.part("head");
  return b.finish(b.dense(b.global_average(x), classes));
}

struct Row {
  double width;
  std::int64_t resolution;
  Figure parameters, macs;
};

// The tables of TensorFlow's model garden. It gives 34 M for 0.25 at 192, which is no square of its neighbours: left
// out.
const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {1.0, 224, "4.24 M", "569 M"}, {1.0, 192, "4.24 M", "418 M"},  {1.0, 160, "4.24 M", "291 M"},
      {1.0, 128, "4.24 M", "186 M"}, {0.75, 224, "2.59 M", "325 M"}, {0.75, 192, "2.59 M", {}},
      {0.75, 160, "2.59 M", {}},     {0.75, 128, "2.59 M", {}},      {0.5, 224, "1.34 M", "150 M"},
      {0.5, 192, "1.34 M", "110 M"}, {0.5, 160, "1.34 M", "77 M"},   {0.5, 128, "1.34 M", "49 M"},
      {0.25, 224, "0.47 M", "41 M"}, {0.25, 192, "0.47 M", {}},      {0.25, 160, "0.47 M", "21 M"},
      {0.25, 128, "0.47 M", "14 M"},
  };
  return all;
}

Entry entry(const Row& row) {
  const bool plain = row.width == 1 && row.resolution == 224;
  const std::string width = row.width == 1 ? "1.0" : fmt::format("{}", row.width);
  std::vector<Published> published{{row.width == 0.75 && row.resolution == 224
                                        ? "Howard et al., MobileNets (2017), table 6"
                                        : "tensorflow/models, research/slim, MobileNet v1",
                                    row.parameters,
                                    row.macs,
                                    {}}};
  if (plain) published.push_back(timm_normalised("4.23 M", "0.58 G", "5.04 M"));
  return {.id = plain ? "mobilenet-v1" : fmt::format("mobilenet-v1-{}-{}", width, row.resolution),
          .title = fmt::format("MobileNet v1 {0}, {1} × {1}", width, row.resolution),
          .structure = "Howard et al., MobileNets (2017)",
          .note = "",
          .published = std::move(published),
          .build = [row] { return build(row.width, row.resolution, 1000); }};
}

}  // namespace

LayerId mobilenet_v1_features(Builder& b, double width, const std::function<void(int, LayerId)>& visit) {
  struct Block {
    std::int64_t filters, stride;
  };
  constexpr Block kBlocks[] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                               {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};
  const auto scaled = [width](std::int64_t all) { return static_cast<std::int64_t>(static_cast<double>(all) * width); };
  b.part("stem");
  LayerId x = b.relu6(b.conv(b.input(), scaled(32), {.stride = 2}));
  int number = 0;
  for (const Block& block : kBlocks) {
    b.part(fmt::format("block{}", ++number));
    x = b.relu6(b.depthwise(x, 3, block.stride));
    x = b.relu6(b.pointwise(x, scaled(block.filters)));
    visit(number, x);
  }
  return x;
}

std::vector<Entry> mobilenet_v1() {
  std::vector<Entry> entries;
  for (const Row& row : rows()) entries.push_back(entry(row));
  entries.push_back({.id = "mobilenet-v1-0.25-96",
                     .title = "MobileNet v1 0.25, 96 × 96, is there a person (MLPerf Tiny vww)",
                     .structure = "Howard et al., MobileNets (2017); Banbury et al., MLPerf Tiny Benchmark (2021)",
                     .note = "Two classes.",
                     .published = {mlperf_tiny("0.208 M", "7,489,664")},
                     .build = [] { return build(0.25, 96, 2); }});
  return entries;
}

}  // namespace roofscape::zoo
