#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

struct Inception {
  const char* name;
  std::int64_t one, three_before, three, five_before, five, pooled;
};
constexpr Inception kModules[] = {
    {"3a", 64, 96, 128, 16, 32, 32},     {"3b", 128, 128, 192, 32, 96, 64},   {"4a", 192, 96, 208, 16, 48, 64},
    {"4b", 160, 112, 224, 24, 64, 64},   {"4c", 128, 128, 256, 24, 64, 64},   {"4d", 112, 144, 288, 32, 64, 64},
    {"4e", 256, 160, 320, 32, 128, 128}, {"5a", 256, 160, 320, 32, 128, 128}, {"5b", 384, 192, 384, 48, 128, 128},
};

LayerId inception(Builder& b, LayerId x, const Inception& module) {
  const auto point = [&b](LayerId value, std::int64_t filters) { return b.relu(b.pointwise(value, filters)); };
  const LayerId one = point(x, module.one);
  const LayerId three = b.relu(b.conv(point(x, module.three_before), module.three));
  const LayerId five = b.relu(b.conv(point(x, module.five_before), module.five));
  return b.concat({one, three, five, point(b.max_pool(x, 3, 1, 1), module.pooled)});
}

Result<Network> build() {
  Builder b({3, 224, 224});
  b.part("stem");
  LayerId x = b.relu(b.conv(b.input(), 64, {.kernel = {7, 7}, .stride = 2}));
  x = b.relu(b.pointwise(b.max_pool(x, 3, 2, 0, true), 64));
  x = b.max_pool(b.relu(b.conv(x, 192)), 3, 2, 0, true);
  for (const Inception& module : kModules) {
    const std::string_view name = module.name;
    b.part("inception" + std::string(name));
    if (name == "4a") x = b.max_pool(x, 3, 2, 0, true);
    if (name == "5a") x = b.max_pool(x, 2, 2, 0, true);
    x = inception(b, x, module);
  }
  b.part("head");
  return b.finish(b.dense(b.global_average(x), 1000));
}

}  // namespace

std::vector<Entry> googlenet() {
  return {{.id = "googlenet",
           .title = "GoogLeNet (Inception v1), 224 × 224",
           .structure = "Szegedy et al., Going Deeper with Convolutions (2015)",
           .note = "As frameworks build it: kernels of 3 × 3 where the paper has 5 × 5, and no auxiliary classifiers.",
           .published = {torchvision("6,624,904", "1.50 G")},
           .build = build}};
}

}  // namespace roofscape::zoo
