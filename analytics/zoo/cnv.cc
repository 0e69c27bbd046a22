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

// QuTiBench took FINN's network at twice the width and counts shares from there: FINN's own is its half.
constexpr double kFinn = 0.5;

std::string note_on(double share) {
  if (share == kFinn) return "The CNV of FINN itself (64, 128 and 256 filters), in numbers of any format.";
  return fmt::format("Not the CNV of FINN, which is cnv-50, but {:g} times as wide.", share / kFinn);
}

Entry entry(const char* percent, double share, Figure parameters, Figure ops) {
  std::vector<Published> published;
  if (ops.is_given())
    published.push_back({"Blott et al., QuTiBench: Benchmarking Neural Networks (2019)", parameters, {}, {}, ops});
  return {.id = fmt::format("cnv-{}", percent),
          .title = fmt::format("CNV for CIFAR-10, {} % of QuTiBench's filters{}", percent,
                               share == kFinn ? ": the CNV of FINN" : ""),
          .structure = "Umuroglu et al., FINN (2017), at twice the width; Blott et al., QuTiBench (2019)",
          .note = note_on(share),
          .published = std::move(published),
          .build = [share] { return build(share); },
          .aliases = share == kFinn ? std::vector<std::string>{"finn-cnv"} : std::vector<std::string>{}};
}

}  // namespace

std::vector<Entry> cnv() {
  return {entry("100", 1, "6.16 M", "0.47 G"), entry("50", 0.5, {}, {}), entry("25", 0.25, {}, {}),
          entry("12.5", 0.125, {}, {})};
}

}  // namespace roofscape::zoo
