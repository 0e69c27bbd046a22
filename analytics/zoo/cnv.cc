#include "analytics/zoo/builder.h"
#include "analytics/zoo/families.h"

namespace roofscape::zoo {
namespace {

// `share` of the filters and of the neurons.
Result<Network> build(double share) {
  const auto part_of = [share](std::int64_t all) {
    return static_cast<std::int64_t>(static_cast<double>(all) * share);
  };
  Builder b({3, 32, 32});
  LayerId x = b.input();
  for (const std::int64_t filters : {128, 256, 512}) {
    for (int i = 0; i < 2; ++i) x = b.relu(b.conv(x, part_of(filters), {.pad = kNoPad}));
    if (filters != 512) x = b.max_pool(x, 2, 2);
  }
  x = b.flatten(x);
  for (int i = 0; i < 2; ++i) x = b.relu(b.dense(x, part_of(1024)));
  return b.finish(b.dense(x, 10));
}

Entry entry(const char* percent, double share, Figure parameters, Figure ops) {
  std::vector<Published> published;
  if (ops.is_given())
    published.push_back({"Blott et al., QuTiBench: Benchmarking Neural Networks (2019)", parameters, {}, {}, ops});
  return {.id = fmt::format("cnv-{}", percent),
          .title = fmt::format("CNV for CIFAR-10, {} % of its filters", percent),
          .structure = "Umuroglu et al., FINN (2017), at twice the width; Blott et al., QuTiBench (2019)",
          .note = share == 0.5 ? "The CNV of FINN itself, in numbers of any format." : "",
          .published = std::move(published),
          .build = [share] { return build(share); }};
}

}  // namespace

std::vector<Entry> cnv() {
  return {entry("100", 1, "6.16 M", "0.47 G"), entry("50", 0.5, {}, {}), entry("25", 0.25, {}, {}),
          entry("12.5", 0.125, {}, {})};
}

}  // namespace roofscape::zoo
