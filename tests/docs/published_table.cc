#include "tests/docs/published_table.h"

#include <fmt/format.h>

#include <stdexcept>

#include "analytics/cost/calibration.h"
#include "analytics/cost/uniform_formats.h"
#include "analytics/zoo/zoo.h"
#include "platforms/calibration.h"
#include "platforms/library.h"
#include "roofscape/v1/calibration.pb.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::published {
namespace {

constexpr const char* kNetworks[] = {"resnet-50", "mobilenet-v2", "bert-base-128", "bert-large-384"};
constexpr const char* kPlatforms[] = {"nvidia-t4", "nvidia-a100", "jetson-agx-orin"};
constexpr const char* kFormats[] = {"fp32", "fp16", "int8"};

struct Published {
  const char *network, *platform, *format;
  std::int64_t batch;
  Figure figure;
};
// Letters as docs/published.md explains them. Only figures of the same batch of the same network count, of one GPU by
// itself: neither offline rates of unstated batches nor those of accelerators beside it.
constexpr Published kPublished[] = {
    {"resnet-50", "nvidia-t4", "int8", 1, {0.812, 'a'}},
    {"resnet-50", "nvidia-a100", "int8", 1, {0.484, 'a'}},
    {"resnet-50", "jetson-agx-orin", "int8", 1, {0.630, 'a'}},
    {"resnet-50", "nvidia-t4", "fp32", 1, {3.477, 'c'}},
    {"resnet-50", "nvidia-t4", "fp16", 1, {2.638, 'c'}},
    {"resnet-50", "nvidia-t4", "fp16", 32, {28.35, 'd'}},
    {"mobilenet-v2", "nvidia-t4", "fp32", 1, {2.624, 'c'}},
    {"mobilenet-v2", "nvidia-t4", "fp16", 1, {2.786, 'c'}},
    {"bert-base-128", "nvidia-t4", "fp16", 1, {1.95, 'b'}},
    {"bert-base-128", "nvidia-t4", "fp16", 32, {36.63, 'b'}},
    {"bert-base-128", "nvidia-t4", "int8", 1, {1.69, 'b'}},
    {"bert-base-128", "nvidia-t4", "int8", 32, {18.93, 'b'}},
    {"bert-base-128", "nvidia-a100", "fp16", 1, {0.67, 'b'}},
    {"bert-base-128", "nvidia-a100", "fp16", 32, {4.10, 'b'}},
    {"bert-base-128", "nvidia-a100", "int8", 1, {0.58, 'b'}},
    {"bert-base-128", "nvidia-a100", "int8", 32, {2.27, 'b'}},
    {"bert-large-384", "nvidia-t4", "fp16", 1, {12.45, 'b'}},
    {"bert-large-384", "nvidia-t4", "fp16", 32, {370.87, 'b'}},
    {"bert-large-384", "nvidia-t4", "int8", 1, {7.29, 'b'}},
    {"bert-large-384", "nvidia-t4", "int8", 32, {186.60, 'b'}},
    {"bert-large-384", "nvidia-a100", "fp16", 1, {3.12, 'b'}},
    {"bert-large-384", "nvidia-a100", "fp16", 32, {43.01, 'b'}},
    {"bert-large-384", "nvidia-a100", "int8", 1, {2.81, 'b'}},
    {"bert-large-384", "nvidia-a100", "int8", 32, {23.17, 'b'}},
};

cost::Pricer pricer_of(const std::string& id) {
  for (v1::Platform platform : platforms::built_in_platforms()) {
    if (platform.id() != id) continue;
    const auto calibration = cost::resolve(platforms::built_in_calibration(), cost::calibration_key(platform));
    if (calibration.ok() && *calibration) *platform.mutable_calibration() = **calibration;
    return *cost::Pricer::create(platform);
  }
  throw std::runtime_error("no platform " + id);
}

// Three digits, whole from a hundred on.
std::string number(double value) { return value < 100 ? fmt::format("{:.3g}", value) : fmt::format("{:.0f}", value); }

std::string ours(const cost::Totals& totals) {
  std::string text = number(totals.latency.value() * 1e3);
  if (const auto& within = totals.latency_interval)
    text += fmt::format(" ({}–{})", number(within->low.value() * 1e3), number(within->high.value() * 1e3));
  return text;
}

std::string theirs(const std::optional<Figure>& figure) {
  return figure ? fmt::format("{} [{}]", number(figure->milliseconds), figure->source) : "–";
}

}  // namespace

std::vector<Line> published_lines() {
  std::vector<Line> lines;
  for (const char* network : kNetworks) {
    const Network plain = *zoo::find(network)->build();
    for (const char* platform : kPlatforms) {
      const cost::Pricer pricer = pricer_of(platform);
      for (const char* format : kFormats) {
        const Network priced = *cost::with_formats(plain, *cost::parse_formats(format));
        Line line{network, platform, format, {}, {}};
        for (std::size_t i = 0; i < kBatches.size(); ++i) {
          line.ours[i] = *pricer.price(priced, {.batch = kBatches[i]});
          for (const Published& of : kPublished)
            if (line.network == of.network && line.platform == of.platform && line.format == of.format &&
                of.batch == kBatches[i])
              line.published[i] = of.figure;
        }
        lines.push_back(std::move(line));
      }
    }
  }
  return lines;
}

std::string published_table(const std::vector<Line>& lines) {
  std::string text =
      "| Network | Platform | Format | Batch 1 | published | Batch 32 | published |\n"
      "|---|---|---|---:|---:|---:|---:|\n";
  for (const Line& line : lines)
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", line.network, line.platform, line.format,
                        ours(line.ours[0]), theirs(line.published[0]), ours(line.ours[1]), theirs(line.published[1]));
  return text;
}

}  // namespace roofscape::published
