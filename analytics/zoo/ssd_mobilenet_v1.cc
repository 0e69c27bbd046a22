#include "analytics/zoo/families.h"
#include "analytics/zoo/mobilenet_v1.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

constexpr std::int64_t kClasses = 91, kCoordinates = 4;

// A map's boxes, one row each: its class scores and its place.
LayerId boxes(Builder& b, LayerId map, std::int64_t anchors) {
  const auto rows = [&](std::int64_t each) {
    const LayerId planes = b.transpose(b.pointwise(map, anchors * each), {1, 2, 0});
    return b.reshape(planes, {element_count(b.shape(planes)) / each, each});
  };
  return b.concat({rows(kCoordinates), rows(kClasses)}, 1);
}

Result<Network> build() {
  Builder b({3, 300, 300});
  std::vector<LayerId> maps;
  LayerId x = mobilenet_v1_features(b, 1, [&](int block, LayerId value) {
    if (block == 11) maps.push_back(value);
  });
  maps.push_back(x);
  for (const std::int64_t filters : {512, 256, 256, 128}) {
    b.part(fmt::format("extra{}", maps.size()));
    x = b.relu6(b.conv(b.relu6(b.pointwise(x, filters / 2)), filters, {.stride = 2}));
    maps.push_back(x);
  }
  std::vector<LayerId> all;
  for (const LayerId map : maps) {
    b.part(fmt::format("boxes{}", all.size()));
    all.push_back(boxes(b, map, all.empty() ? 3 : 6));
  }
  b.part("all");
  return b.finish(b.concat(std::move(all)));
}

}  // namespace

std::vector<Entry> ssd_mobilenet_v1() {
  return {{.id = "ssd-mobilenet-v1",
           .title = "SSD on MobileNet v1, 300 × 300, 91 classes (MLPerf Inference)",
           .structure = "Liu et al., SSD (2016); Huang et al., Speed/accuracy trade-offs (2017)",
           .note = "Up to the scores and places of its 1917 boxes; what sorts them out is not priced.",
           .published = {mlperf_inference("6.91 M", "2.47 G")},
           .build = build}};
}

}  // namespace roofscape::zoo
