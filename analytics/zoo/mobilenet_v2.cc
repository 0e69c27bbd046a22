#include <algorithm>

#include "analytics/zoo/blocks.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

struct Stage {
  std::int64_t expansion, channels, repeats, stride;
};
constexpr Stage kStages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                             {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};

Result<Network> build(double width, std::int64_t resolution) {
  Builder b({3, resolution, resolution});
  b.part("stem");
  LayerId x = b.relu6(b.conv(b.input(), round_channels(32 * width), {.stride = 2}));
  int number = 0;
  for (const Stage& stage : kStages)
    for (std::int64_t i = 0; i < stage.repeats; ++i) {
      b.part(fmt::format("block{}", ++number));
      InvertedResidual block{.stride = i == 0 ? stage.stride : 1, .clip = true};
      block.expanded = b.channels(x) * stage.expansion;
      block.out = round_channels(static_cast<double>(stage.channels) * width);
      x = inverted_residual(b, x, block);
    }
  b.part("head");
  x = b.relu6(b.pointwise(x, round_channels(1280 * std::max(width, 1.0))));
  return b.finish(b.dense(b.global_average(x), 1000));
}

struct Row {
  const char* width;
  double factor;
  std::int64_t resolution;
  Figure parameters, macs;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all = {
      {"1.4", 1.4, 224, "6.06 M", "582 M"},   {"1.3", 1.3, 224, "5.34 M", "509 M"},
      {"1.0", 1.0, 224, "3.47 M", "300 M"},   {"1.0", 1.0, 192, "3.47 M", "221 M"},
      {"1.0", 1.0, 160, "3.47 M", "154 M"},   {"1.0", 1.0, 128, "3.47 M", "99 M"},
      {"1.0", 1.0, 96, "3.47 M", "56 M"},     {"0.75", 0.75, 224, "2.61 M", "209 M"},
      {"0.75", 0.75, 192, "2.61 M", "153 M"}, {"0.75", 0.75, 160, "2.61 M", "107 M"},
      {"0.75", 0.75, 128, "2.61 M", "69 M"},  {"0.75", 0.75, 96, "2.61 M", "39 M"},
      {"0.5", 0.5, 224, "1.95 M", "97 M"},    {"0.5", 0.5, 192, "1.95 M", "71 M"},
      {"0.5", 0.5, 160, "1.95 M", "50 M"},    {"0.5", 0.5, 128, "1.95 M", "32 M"},
      {"0.5", 0.5, 96, "1.95 M", "18 M"},     {"0.35", 0.35, 224, "1.66 M", "59 M"},
      {"0.35", 0.35, 192, "1.66 M", "43 M"},  {"0.35", 0.35, 160, "1.66 M", "30 M"},
      {"0.35", 0.35, 128, "1.66 M", "20 M"},  {"0.35", 0.35, 96, "1.66 M", "11 M"},
  };
  return all;
}

// What timm says of the widths at 224 × 224.
std::vector<Published> counted_by_timm(const Row& row) {
  if (row.resolution != 224) return {};
  if (row.factor == 1.4) return {timm_normalised("6.11 M", "0.60 G", "9.57 M")};
  if (row.factor == 1.0) return {torchvision("3,504,872", "0.30 G"), timm_normalised("3.50 M", "0.31 G", "6.68 M")};
  if (row.factor == 0.75) return {timm_normalised("2.64 M", "0.22 G", "5.86 M")};
  if (row.factor == 0.5) return {timm_normalised("1.97 M", "0.10 G", "3.64 M")};
  if (row.factor == 0.35) return {timm_normalised("1.68 M", "0.07 G", "2.86 M")};
  return {};
}

Entry entry(const Row& row) {
  std::vector<Published> published = counted_by_timm(row);
  published.push_back(
      {"tensorflow/models, research/slim, MobileNet v2, digits cut off", row.parameters, row.macs.cut_off(), {}});
  const bool plain = row.factor == 1 && row.resolution == 224;
  return {.id = plain ? "mobilenet-v2" : fmt::format("mobilenet-v2-{}-{}", row.width, row.resolution),
          .title = fmt::format("MobileNet v2 {0}, {1} × {1}", row.width, row.resolution),
          .structure = "Sandler et al., MobileNetV2 (2018)",
          .note = "",
          .published = std::move(published),
          .build = [row] { return build(row.factor, row.resolution); }};
}

}  // namespace

std::vector<Entry> mobilenet_v2() {
  std::vector<Entry> entries;
  for (const Row& row : rows()) entries.push_back(entry(row));
  return entries;
}

}  // namespace roofscape::zoo
