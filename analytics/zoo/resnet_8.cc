#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

Result<Network> build() {
  Builder b({3, 32, 32});
  LayerId x = b.relu(b.conv(b.input(), 16));
  for (const std::int64_t filters : {16, 32, 64}) {
    const std::int64_t stride = filters == 16 ? 1 : 2;
    const LayerId y = b.conv(b.relu(b.conv(x, filters, {.stride = stride})), filters);
    if (stride != 1) x = b.conv(x, filters, {.kernel = {1, 1}, .stride = stride});
    x = b.relu(b.plus(y, x));
  }
  return b.finish(b.dense(b.global_average(x), 10));
}

}  // namespace

std::vector<Entry> resnet_8() {
  return {{.id = "resnet-8",
           .title = "ResNet-8 for CIFAR-10 (MLPerf Tiny ic)",
           .structure = "Banbury et al., MLPerf Tiny Benchmark (2021)",
           .note = "",
           .published = {mlperf_tiny("0.078 M", "12,501,632")},
           .build = build}};
}

}  // namespace roofscape::zoo
