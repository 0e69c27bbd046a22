#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

// 49 frames of 10 cepstral coefficients.
Result<Network> build() {
  Builder b({1, 49, 10});
  LayerId x = b.relu(b.conv(b.input(), 64, {.kernel = {10, 4}, .stride = 2, .pad = {{4, 1, 5, 1}}}));
  for (int i = 0; i < 4; ++i) x = b.relu(b.pointwise(b.relu(b.depthwise(x, 3)), 64));
  return b.finish(b.dense(b.global_average(x), 12));
}

}  // namespace

std::vector<Entry> ds_cnn() {
  return {{.id = "ds-cnn",
           .title = "DS-CNN for spoken keywords (MLPerf Tiny kws)",
           .structure = "Zhang et al., Hello Edge (2017); Banbury et al., MLPerf Tiny Benchmark (2021)",
           .note = "",
           .published = {mlperf_tiny("22,604", "2,656,768")},
           .build = build}};
}

}  // namespace roofscape::zoo
