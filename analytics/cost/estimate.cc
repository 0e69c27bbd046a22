#include "analytics/cost/estimate.h"

#include <algorithm>

#include "analytics/base/text.h"
#include "analytics/cost/cliff.h"
#include "analytics/cost/describe.h"
#include "analytics/cost/fpga.h"
#include "analytics/cost/roofline.h"

namespace roofscape::cost {
namespace {

// The host prepares the next batch while the device works on this one.
void add_host(Seconds host, std::int64_t batch, NetworkCost* cost) {
  cost->latency += host;
  cost->latency_worst += host;
  cost->throughput_per_second = std::min(cost->throughput_per_second, static_cast<double>(batch) / host.value());
}

}  // namespace

struct Pricer::Impl {
  Machine machine;
  mutable FoldingCache foldings;

  Result<NetworkCost> price(const Network& network, const Demand& demand, const EstimateOptions& options) const {
    if (options.batch < 1) return invalid_argument("batch is {}; use at least 1", options.batch).at("batch");
    RS_ASSIGN(NetworkCost cost,
              machine.fabric ? Result<NetworkCost>(streaming_design(machine, network, demand, options.batch, &foldings))
                             : roofline(machine, network, demand, options));
    if (machine.host) add_host(*machine.host, options.batch, &cost);
    return cost;
  }
};

namespace {

std::optional<Joules> of_one_image(const NetworkCost& cost, std::int64_t batch) {
  if (!cost.energy) return std::nullopt;
  return *cost.energy / static_cast<double>(batch);
}

// The same share of itself on either side, as images that leave early shorten all of it.
void set_intervals(const Prediction& calibrated, Totals* totals) {
  const double low = calibrated.low / calibrated.time, high = calibrated.high / calibrated.time;
  totals->latency_interval = {totals->latency * low, totals->latency * high};
  if (totals->energy) totals->energy_interval = {*totals->energy * low, *totals->energy * high};
}

Totals totals_of(const Demand& demanded, const NetworkCost& cost, std::int64_t batch) {
  Totals totals;
  totals.latency = cost.latency;
  totals.latency_worst = cost.latency_worst;
  totals.throughput_per_second = cost.throughput_per_second;
  totals.energy = of_one_image(cost, batch);
  if (cost.calibrated) set_intervals(*cost.calibrated, &totals);
  totals.weight_bytes = demanded.weight_bytes;
  totals.peak_activation_bytes = demanded.peak_activation_bytes;
  totals.resources = cost.resources;
  totals.fits = cost.fits;
  return totals;
}

}  // namespace

Result<Pricer> Pricer::create(const v1::Platform& platform) {
  auto impl = std::make_shared<Impl>();
  RS_ASSIGN(impl->machine, read_machine(platform));
  return Pricer(std::move(impl));
}

Result<Totals> Pricer::price(const Network& network, const EstimateOptions& options) const {
  const Demand demanded = demand(network);
  RS_ASSIGN(const NetworkCost cost, impl_->price(network, demanded, options));
  return totals_of(demanded, cost, options.batch);
}

Result<Estimate> Pricer::estimate(const Network& network, const EstimateOptions& options) const {
  const Demand demanded = demand(network);
  EstimateOptions detailed = options;
  detailed.by_layer = true;
  RS_ASSIGN(const NetworkCost cost, impl_->price(network, demanded, detailed));
  Estimate estimate;
  static_cast<Totals&>(estimate) = totals_of(demanded, cost, options.batch);
  if (cost.calibrated) estimate.calibration = impl_->machine.calibration->basis();
  describe(impl_->machine, network, demanded, cost, &estimate);
  for (std::string& note : cliffs(impl_->machine, network, demanded, options, cost))
    estimate.notes.push_back(std::move(note));
  return estimate;
}

Result<Estimate> estimate(const Network& network, const v1::Platform& platform, const EstimateOptions& options) {
  RS_ASSIGN(const Pricer pricer, Pricer::create(platform));
  return pricer.estimate(network, options);
}

}  // namespace roofscape::cost
