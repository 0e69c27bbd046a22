#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

struct Version {
  const char* name;
  std::int64_t stem_filters, stem_kernel;
  std::array<bool, 8> pool_before;  // of the fire modules
};

LayerId fire(Builder& b, LayerId x, std::int64_t squeezed, std::int64_t expanded) {
  const LayerId narrow = b.relu(b.pointwise(x, squeezed));
  return b.concat({b.relu(b.pointwise(narrow, expanded)), b.relu(b.conv(narrow, expanded))});
}

Result<Network> build(const Version& version) {
  constexpr std::array<std::int64_t, 8> kSqueezed{16, 16, 32, 32, 48, 48, 64, 64};
  Builder b({3, 224, 224});
  b.part("stem");
  const std::int64_t kernel = version.stem_kernel;
  LayerId x = b.relu(b.conv(b.input(), version.stem_filters, {.kernel = {kernel, kernel}, .stride = 2, .pad = kNoPad}));
  for (std::size_t i = 0; i < kSqueezed.size(); ++i) {
    b.part(fmt::format("fire{}", i + 2));
    if (version.pool_before[i]) x = b.max_pool(x, 3, 2, 0, true);
    x = fire(b, x, kSqueezed[i], 4 * kSqueezed[i]);
  }
  b.part("head");
  return b.finish(b.global_average(b.relu(b.pointwise(x, 1000))));
}

Entry entry(const Version& version, Published published) {
  return {.id = fmt::format("squeezenet-{}", version.name),
          .title = fmt::format("SqueezeNet {}, 224 × 224", version.name),
          .structure = "Iandola et al., SqueezeNet (2016)",
          .note = "",
          .published = {std::move(published)},
          .build = [version] { return build(version); }};
}

}  // namespace

std::vector<Entry> squeezenet() {
  const Version first{"1.0", 96, 7, {true, false, false, true, false, false, false, true}};
  const Version second{"1.1", 64, 3, {true, false, true, false, true, false, false, false}};
  return {entry(first, torchvision("1,248,424", "0.82 G")), entry(second, torchvision("1,235,496", "0.35 G"))};
}

}  // namespace roofscape::zoo
