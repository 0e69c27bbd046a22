#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

// The two halves' channels in turn.
LayerId shuffled(Builder& b, LayerId left, LayerId right) {
  const std::int64_t half = b.channels(left);
  std::vector<std::int64_t> order;
  for (std::int64_t c = 0; c < half; ++c)
    for (const std::int64_t side : {0, 1}) order.push_back(side * half + c);
  return b.gather(b.concat({left, right}), std::move(order));
}

LayerId unit(Builder& b, LayerId x) {
  const std::int64_t half = b.channels(x) / 2;
  LayerId y = b.relu(b.pointwise(b.slice(x, 0, half, half), half));
  y = b.relu(b.pointwise(b.depthwise(y, 3), half));
  return shuffled(b, b.slice(x, 0, 0, half), y);
}

LayerId halving_unit(Builder& b, LayerId x, std::int64_t out) {
  const LayerId left = b.relu(b.pointwise(b.depthwise(x, 3, 2), out / 2));
  const LayerId right = b.depthwise(b.relu(b.pointwise(x, out / 2)), 3, 2);
  return shuffled(b, left, b.relu(b.pointwise(right, out / 2)));
}

Result<Network> build(std::array<std::int64_t, 4> widths) {
  constexpr std::array<int, 3> kRepeats{4, 8, 4};
  Builder b({3, 224, 224});
  b.part("stem");
  LayerId x = b.max_pool(b.relu(b.conv(b.input(), 24, {.stride = 2})), 3, 2, 1);
  for (std::size_t stage = 0; stage < kRepeats.size(); ++stage)
    for (int i = 0; i < kRepeats[stage]; ++i) {
      b.part(fmt::format("stage{}.{}", stage + 2, i));
      x = i == 0 ? halving_unit(b, x, widths[stage]) : unit(b, x);
    }
  b.part("head");
  return b.finish(b.dense(b.global_average(b.relu(b.pointwise(x, widths[3]))), 1000));
}

Entry entry(const char* width, std::array<std::int64_t, 4> widths, Published published) {
  return {.id = fmt::format("shufflenet-v2-{}", width),
          .title = fmt::format("ShuffleNet v2 {}, 224 × 224", width),
          .structure = "Ma et al., ShuffleNet V2 (2018)",
          .note = "",
          .published = {std::move(published)},
          .build = [widths] { return build(widths); }};
}

}  // namespace

std::vector<Entry> shufflenet_v2() {
  return {
      entry("0.5", {48, 96, 192, 1024}, torchvision("1,366,792", "0.04 G")),
      entry("1.0", {116, 232, 464, 1024}, torchvision("2,278,604", "0.14 G")),
      entry("1.5", {176, 352, 704, 1024}, torchvision("3,503,624", "0.30 G")),
      entry("2.0", {244, 488, 976, 2048}, torchvision("7,393,996", "0.58 G")),
  };
}

}  // namespace roofscape::zoo
