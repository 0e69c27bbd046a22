#include "client/plot/roofs.h"

#include <algorithm>
#include <functional>
#include <map>

#include "analytics/base/text.h"
#include "client/console/quantity.h"

namespace roofscape::client::plot {
namespace {

// Formats whose rates differ by less than this share have one roof.
constexpr double kSame = 0.02;

void add_roof(std::vector<ComputeRoof>* roofs, const std::string& format, double rate) {
  if (!(rate > 0)) return;
  for (ComputeRoof& roof : *roofs)
    if (rate < roof.ops_per_second * (1 + kSame) && rate > roof.ops_per_second * (1 - kSame)) {
      roof.label += ", " + format;
      return;
    }
  roofs->push_back({format, rate});
}

// "int4 x uint8" → "int4 × uint8", "fp32 x fp32" → "fp32".
std::string pair_label(const std::string& arithmetic) {
  const auto sign = arithmetic.find(" x ");
  if (sign == std::string::npos) return printable(arithmetic);
  const std::string weight = arithmetic.substr(0, sign), activation = arithmetic.substr(sign + 3);
  return printable(weight == activation ? weight : weight + " × " + activation);
}

std::map<std::string, double> reached(const std::vector<const v1::Estimate*>& estimates) {
  std::map<std::string, double> rates;
  for (const v1::Estimate* estimate : estimates)
    for (const v1::LayerEstimate& layer : estimate->layers())
      if (layer.binding_roof().starts_with("compute")) {
        double& rate = rates[pair_label(layer.runs_as())];
        rate = std::max(rate, rate_of(layer));
      }
  return rates;
}

}  // namespace

double rate_of(const v1::LayerEstimate& layer) {
  return layer.latency_seconds() > 0 ? layer.op_count() / layer.latency_seconds() : 0;
}

Roofs roofs_of(const v1::Platform& platform, const std::vector<const v1::Estimate*>& estimates) {
  Roofs roofs;
  for (const v1::ComputeCeiling& ceiling : platform.compute()) {
    const bool same = ceiling.activation().empty() || ceiling.activation() == ceiling.weight();
    add_roof(&roofs.compute, printable(same ? ceiling.weight() : ceiling.weight() + " × " + ceiling.activation()),
             ceiling.ops_per_second().value());
  }
  if (roofs.compute.empty())
    for (const auto& [format, rate] : reached(estimates)) add_roof(&roofs.compute, format, rate);
  std::sort(roofs.compute.begin(), roofs.compute.end(),
            [](const ComputeRoof& a, const ComputeRoof& b) { return a.ops_per_second > b.ops_per_second; });
  for (ComputeRoof& roof : roofs.compute) roof.label += " · " + si(roof.ops_per_second, "op/s");

  for (const v1::MemoryLevel& level : platform.memory()) {
    const double rate = level.bandwidth_bytes_per_second().value();
    if (rate > 0) roofs.memory.push_back({printable(level.name()) + " · " + si(rate, "B/s"), rate});
  }
  std::stable_sort(roofs.memory.begin(), roofs.memory.end(),
                   [](const MemoryRoof& a, const MemoryRoof& b) { return a.bytes_per_second > b.bytes_per_second; });
  return roofs;
}

}  // namespace roofscape::client::plot
