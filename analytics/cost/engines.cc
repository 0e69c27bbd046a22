#include "analytics/cost/engines.h"

#include <algorithm>
#include <cmath>

#include "analytics/cost/energy.h"
#include "roofscape/v1/platform.pb.h"

namespace roofscape::cost {
namespace {

constexpr double kMostEngines = 256;

Machine one_engine(const Machine& whole, double engines, double at_work, const v1::ImageEngines& given) {
  Machine one = whole;
  one.ceilings = whole.ceilings.slowed(engines);
  if (one.vector_unit) one.vector_unit->steps_per_second /= engines;
  Memory& outermost = one.memory.back();
  outermost.bandwidth = *outermost.bandwidth / at_work;
  if (given.share_weights()) outermost.weight_readers = at_work;
  if (given.has_port_bytes_per_second())
    outermost.bandwidth = std::min(*outermost.bandwidth, BytesPerSecond(given.port_bytes_per_second().value()));
  if (one.decode_rate) *one.decode_rate /= engines;
  // The whole device's power, shared out to those at work.
  if (one.static_power) one.static_power = *one.static_power / at_work;
  if (one.peak_power) one.peak_power = *one.peak_power / at_work;
  one.host.reset();
  return one;
}

LayerParts sum(const LayerParts& a, const LayerParts& b, double times) {
  return {a.arithmetic + b.arithmetic * times, a.fetch + b.fetch * times, a.traffic + b.traffic * times,
          a.launch + b.launch * times};
}

// `rounds` times what `images` engines do side by side.
void add(const NetworkCost& one, double rounds, double images, bool share_weights, NetworkCost* all) {
  const bool first = all->layers.empty();
  if (first) *all = one;
  const double times = rounds * images;
  for (std::size_t i = 0; i < one.layers.size(); ++i) {
    const LayerCost& from = one.layers[i];
    LayerCost& to = all->layers[i];
    const LayerCost before = first ? LayerCost{} : to;
    to.time = before.time + from.time * rounds;
    to.bound = before.bound + from.bound * rounds;
    to.parts = sum(before.parts, from.parts, rounds);
    to.ops = before.ops + from.ops * times;
    to.weight_bytes = before.weight_bytes + from.weight_bytes * (share_weights ? rounds : times);
    to.activation_bytes = before.activation_bytes + from.activation_bytes * times;
    if (from.energy) to.energy = before.energy.value_or(Joules(0)) + *from.energy * times;
    to.energy_parts = before.energy_parts;
    to.energy_parts.add(from.energy_parts, times);
  }
  const NetworkCost before = first ? NetworkCost{} : *all;
  all->latency = before.latency + one.latency * rounds;
  all->latency_worst = before.latency_worst + one.latency_worst * rounds;
  all->bound = before.bound + one.bound * rounds;
  if (one.energy) all->energy = before.energy.value_or(Joules(0)) + *one.energy * times;
  all->energy_parts = before.energy_parts;
  all->energy_parts.add(one.energy_parts, times);
}

}  // namespace

Result<std::optional<ImageEngines>> read_engines(const v1::Platform& platform, const Machine& machine) {
  if (!platform.has_image_engines() || machine.fabric) return std::optional<ImageEngines>{};
  const v1::ImageEngines& given = platform.image_engines();
  const double count = given.has_engine_count() ? given.engine_count().value() : platform.cores().core_count().value();
  if (!(count >= 1 && count <= kMostEngines) || count != std::floor(count))
    return invalid_argument("{} is no number of engines; use a whole number from 1 to {}", count, kMostEngines)
        .at("image_engines.engine_count");
  ImageEngines engines;
  engines.share_weights = given.share_weights();
  for (double at_work = 1; at_work <= count; ++at_work)
    engines.one_of.push_back(std::make_shared<const Machine>(one_engine(machine, count, at_work, given)));
  return std::optional<ImageEngines>(std::move(engines));
}

std::vector<Rounds> rounds_of(const ImageEngines& engines, std::int64_t batch) {
  const auto count = static_cast<std::int64_t>(engines.one_of.size());
  std::vector<Rounds> rounds;
  const std::int64_t all = (batch + count - 1) / count, fuller = batch % all, images = batch / all;
  const auto add_rounds = [&](std::int64_t times, std::int64_t at_once) {
    if (times > 0)
      rounds.push_back({*engines.one_of[static_cast<std::size_t>(at_once - 1)], static_cast<double>(times),
                        static_cast<double>(at_once)});
  };
  add_rounds(fuller, images + 1);
  add_rounds(all - fuller, images);
  return rounds;
}

Result<NetworkCost> price_on_engines(const ImageEngines& engines, const Demand& demand, std::int64_t batch,
                                     const std::function<Result<NetworkCost>(const Machine&)>& price) {
  NetworkCost all;
  for (const Rounds& rounds : rounds_of(engines, batch)) {
    RS_ASSIGN(NetworkCost cost, price(rounds.one));
    set_energy(rounds.one, demand, 1, &cost);
    add(cost, rounds.times, rounds.images, engines.share_weights, &all);
  }
  return all;
}

}  // namespace roofscape::cost
