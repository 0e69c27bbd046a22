#include "analytics/calibrate/roof_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analytics/base/text.h"
#include "analytics/cost/load.h"
#include "analytics/cost/uniform_formats.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::calibrate {
namespace {

constexpr double kRounded = 1.05, kOtherFoldings = 3;

struct Roof {
  double seconds = 0;  // of the batch, at least
  std::string name;
};

// The peak that serves the multiplications best, were all layers made for it.
Roof of_peaks(const Observation& row, const cost::UniformFormats& formats) {
  const cost::Ceiling* best = nullptr;
  for (const cost::Ceiling& of : row.platform->machine.ceilings.all())
    if (cost::holds(of.weight, formats.weight) && cost::holds(of.activation, formats.activation) &&
        (!of.sparsity || row.measurement->density.weights < 1) && (best == nullptr || of.rate > best->rate))
      best = &of;
  if (best == nullptr) return {};
  const cost::Density& density = row.measurement->density;
  const double work = 2 * row.traits.macs * row.batch * density.weights * density.activations;
  return {work / best->rate.value(),
          fmt::format("its peak of {} ({:.4g} operations a second)", best->name, best->rate.value())};
}

Roof of_weights(const Observation& row) {
  const cost::Machine& machine = row.platform->machine;
  if (machine.memory.empty() || !machine.memory.back().bandwidth) return {};
  const double outside = row.load.weights.value() - cost::room_inside(machine).value();
  const double rate = machine.memory.back().bandwidth->value();
  return {std::max(0.0, outside) / rate,
          fmt::format("reading its weights through {} ({:.4g} bytes a second)", machine.memory.back().name, rate)};
}

Roof of_folding(const Observation& row) {
  return {row.load.arithmetic().value(),
          fmt::format("the fastest design that we find at {:.4g} MHz", clock_of(row).value() / 1e6)};
}

}  // namespace

std::optional<Impossible> above_roof(const Observation& row, const cost::UniformFormats& formats) {
  const bool streaming = row.platform->machine.fabric.has_value();
  Roof roof = streaming ? of_folding(row) : of_peaks(row, formats);
  if (!streaming)
    if (Roof other = of_weights(row); other.seconds > roof.seconds) roof = std::move(other);
  const double times = roof.seconds / (row.seconds * row.batch);
  if (!(times > (streaming ? kOtherFoldings : kRounded))) return std::nullopt;
  return Impossible{times, roof.name,
                    fmt::format("'{}' takes {:.4g} s an image on {}, {:.3g} times as fast as {} allows, which asks for "
                                "{:.4g} s: the row is wrong, or the platform's ceiling",
                                printable(row.measurement->network, 80), row.seconds, row.platform->platform->id(),
                                times, roof.name, roof.seconds / row.batch)};
}

std::optional<Impossible> out_of_scale(const Observation& row) {
  // Of 10,886 measurements none took more than 330 times what figures ask for: a thousand times are milliseconds that
  // somebody wrote down as seconds.
  constexpr double kOtherUnit = 500;
  const cost::Machine& machine = row.platform->machine;
  const std::string which = fmt::format("'{}' on {}", printable(row.measurement->network, 80), machine.id);
  Seconds asked;
  for (const Seconds part : row.load.parts()) asked += part;
  const double least = asked.value() / row.batch;
  if (const double times = row.seconds / least; !row.is_energy)
    return times > kOtherUnit
               ? std::optional(Impossible{times, "",
                                          fmt::format("{} takes {:.4g} s an image, {:.3g} times what its figures ask "
                                                      "for: is the unit right?",
                                                      which, row.seconds, times)})
               : std::nullopt;
  const double given = row.measurement->seconds, seconds = given > 0 ? given : least, watts = row.measured / seconds;
  const double most = machine.peak_power ? machine.peak_power->value() * (given > 0 ? 1 : kOtherUnit) : 0;
  const std::string power = fmt::format("{} takes {:.4g} J in {}{:.4g} s, {:.4g} W", which, row.measured,
                                        given > 0 ? "" : "the least that its figures ask for, ", seconds, watts);
  if (most > 0 && watts > kRounded * most)
    return Impossible{watts / most, "", fmt::format("{}; its peak is {:g} W", power, machine.peak_power->value())};
  if (machine.static_power && watts * kRounded < machine.static_power->value())
    return Impossible{machine.static_power->value() / watts, "",
                      fmt::format("{}; idle it takes {:g} W", power, machine.static_power->value())};
  return std::nullopt;
}

}  // namespace roofscape::calibrate
