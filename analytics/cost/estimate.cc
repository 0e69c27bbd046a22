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

Totals totals_of(const Demand& demanded, const NetworkCost& cost, std::int64_t batch) {
  Totals totals;
  totals.latency = cost.latency;
  totals.latency_worst = cost.latency_worst;
  totals.throughput_per_second = cost.throughput_per_second;
  totals.energy = of_one_image(cost, batch);
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
  RS_ASSIGN(const NetworkCost cost, impl_->price(network, demanded, options));
  Estimate estimate{totals_of(demanded, cost, options.batch), {}, {}, {}, {}};
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
