#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"
#include "analytics/zoo/sources.h"

namespace roofscape::zoo {
namespace {

Result<Network> build() {
  Builder b({640});
  LayerId x = b.input();
  for (const std::int64_t width : {128, 128, 128, 128, 8, 128, 128, 128, 128}) x = b.relu(b.dense(x, width));
  return b.finish(b.dense(x, 640));
}

}  // namespace

std::vector<Entry> autoencoder() {
  return {{.id = "autoencoder",
           .title = "Autoencoder for anomalies in machine sounds (MLPerf Tiny ad)",
           .structure = "Banbury et al., MLPerf Tiny Benchmark (2021)",
           .note = "",
           .published = {mlperf_tiny("267,928", "264,192")},
           .build = build}};
}

}  // namespace roofscape::zoo
