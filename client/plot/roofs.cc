#include "client/plot/roofs.h"

#include <algorithm>

#include "analytics/base/text.h"
#include "client/console/quantity.h"

namespace roofscape::client::plot {
namespace {

// Formats whose rates differ by less than this share have one roof.
constexpr double kSame = 0.02;

// "int4 × uint8" of "int4 x uint8".
std::string shown_name(const v1::Roof& roof) {
  std::string name = printable(roof.name());
  if (const auto times = name.find(" x "); times != std::string::npos) name.replace(times, 3, " × ");
  return name;
}

// The fastest arithmetic of each rate gives it its name, then the others.
std::vector<ComputeRoof> joined(const std::vector<ComputeRoof>& all) {
  std::vector<ComputeRoof> roofs;
  for (const ComputeRoof& one : all) {
    const auto same = std::find_if(roofs.begin(), roofs.end(), [&](const ComputeRoof& roof) {
      return one.ops_per_second > roof.ops_per_second * (1 - kSame);
    });
    if (same == roofs.end()) {
      roofs.push_back(one);
    } else {
      same->name += ", " + one.name;
    }
  }
  return roofs;
}

}  // namespace

std::string ComputeRoof::label() const { return name + " · " + si(ops_per_second, "op/s"); }
std::string MemoryRoof::label() const { return name + " · " + si(bytes_per_second, "B/s"); }

double rate_of(const v1::LayerEstimate& layer) {
  return layer.latency_seconds() > 0 ? layer.op_count() / layer.latency_seconds() : 0;
}

Roofs roofs_of(const std::vector<const v1::Estimate*>& estimates) {
  Roofs roofs;
  const auto known = [](const auto& all, const std::string& name) {
    return std::any_of(all.begin(), all.end(), [&](const auto& roof) { return roof.name == name; });
  };
  for (const v1::Estimate* estimate : estimates)
    for (const v1::Roof& roof : estimate->roofs()) {
      const std::string name = shown_name(roof);
      if (roof.has_ops_per_second() && !known(roofs.compute, name))
        roofs.compute.push_back({name, roof.ops_per_second()});
      if (roof.has_bytes_per_second() && !known(roofs.memory, name))
        roofs.memory.push_back({name, roof.bytes_per_second()});
    }
  std::stable_sort(roofs.compute.begin(), roofs.compute.end(),
                   [](const ComputeRoof& a, const ComputeRoof& b) { return a.ops_per_second > b.ops_per_second; });
  std::stable_sort(roofs.memory.begin(), roofs.memory.end(),
                   [](const MemoryRoof& a, const MemoryRoof& b) { return a.bytes_per_second > b.bytes_per_second; });
  roofs.compute = joined(roofs.compute);
  return roofs;
}

}  // namespace roofscape::client::plot
