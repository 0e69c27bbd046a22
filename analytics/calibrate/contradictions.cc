#include "analytics/calibrate/contradictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "analytics/base/text.h"

namespace roofscape::calibrate {

std::vector<Observations::Reason> contradictions(std::span<const Observation> rows) {
  constexpr double kFarApart = 3;
  const auto what = [](const Observation& row) {
    const Measurement& of = *row.measurement;
    return std::tuple(row.key.platform, of.network, row.network, of.mode, of.weight_format, of.activation_format,
                      of.batch, of.keeps_busy, of.is_latency && row.platform->machine.pipelined > 1, of.megahertz,
                      of.density.weights, of.density.activations);
  };
  std::map<decltype(what(rows.front())), const Observation*> first;
  std::vector<Observations::Reason> found;
  for (const Observation& row : rows) {
    const Observation& known = *first.emplace(what(row), &row).first->second;
    const auto [less, more] = std::minmax(known.measured, row.measured);
    if (!(more > kFarApart * less)) continue;
    const char* unit = row.is_energy ? "J" : "s";
    found.emplace_back(row.measurement,
                       fmt::format("'{}' takes {:.4g} {} an image, and {:.4g} {} in {}:{}, of the same platform, "
                                   "formats and batch: one of them is wrong",
                                   printable(row.measurement->network, 80), row.measured, unit, known.measured, unit,
                                   known.measurement->file, known.measurement->line));
  }
  return found;
}

}  // namespace roofscape::calibrate
