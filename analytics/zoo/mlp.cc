#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"

namespace roofscape::zoo {
namespace {

Result<Network> build(std::int64_t width) {
  Builder b({784});
  LayerId x = b.input();
  for (int i = 0; i < 3; ++i) x = b.relu(b.dense(x, width));
  return b.finish(b.dense(x, 10));
}

Entry entry(std::string id, std::int64_t width, std::string structure, std::vector<Published> published) {
  return {.id = std::move(id),
          .title = fmt::format("Perceptron 784-{0}-{0}-{0}-10 for MNIST", width),
          .structure = std::move(structure),
          .note = "",
          .published = std::move(published),
          .build = [width] { return build(width); }};
}

}  // namespace

std::vector<Entry> mlp() {
  const std::string bench = "Blott et al., QuTiBench: Benchmarking Neural Networks (2019)";
  const std::string finn = "Umuroglu et al., FINN (2017); FINN examples for TFC";
  return {entry("mlp-100", 2048, bench, {{bench, "10.0 M", {}, {}, "20 M"}}),
          entry("mlp-50", 1024, bench + "; the LFC of FINN", {}), entry("mlp-25", 512, bench, {}),
          entry("mlp-12.5", 256, bench + "; the SFC of FINN", {}), entry("tfc", 64, finn, {})};
}

}  // namespace roofscape::zoo
