#include "analytics/cost/estimate.h"

#include "analytics/cost/cliff.h"
#include "analytics/cost/describe.h"
#include "analytics/cost/model.h"
#include "analytics/cost/totals.h"

namespace roofscape::cost {

struct Pricer::Impl {
  std::unique_ptr<const Model> model;
  const Machine& machine() const { return model->machine(); }

  Result<NetworkCost> price(const Network& network, const Demand& demand, const EstimateOptions& options) const {
    if (options.batch < 1) return invalid_argument("batch is {}; use at least 1", options.batch).at("batch");
    RS_ASSIGN(NetworkCost cost, model->price(network, demand, options));
    finish(machine(), options.batch, &cost);
    return cost;
  }
};

Result<Pricer> Pricer::create(const v1::Platform& platform) {
  auto impl = std::make_shared<Impl>();
  RS_ASSIGN(Machine machine, read_machine(platform));
  impl->model = model_of(std::move(machine));
  return Pricer(std::move(impl));
}

Result<Totals> Pricer::price(const Network& network, const EstimateOptions& options) const {
  const Demand demanded = demand(network);
  RS_ASSIGN(const NetworkCost cost, impl_->price(network, demanded, options));
  return totals_of(impl_->machine(), demanded, cost, options.batch);
}

Result<Estimate> Pricer::estimate(const Network& network, const EstimateOptions& options) const {
  const Demand demanded = demand(network);
  RS_ASSIGN(const NetworkCost cost, impl_->price(network, demanded, options));
  Estimate estimate;
  static_cast<Totals&>(estimate) = totals_of(impl_->machine(), demanded, cost, options.batch);
  if (cost.spread) estimate.calibration = impl_->machine().calibration->basis();
  describe(*impl_->model, network, demanded, cost, &estimate);
  for (std::string& note : cliffs(impl_->machine(), network, demanded, options, cost))
    estimate.notes.push_back(std::move(note));
  return estimate;
}

Result<Estimate> estimate(const Network& network, const v1::Platform& platform, const EstimateOptions& options) {
  RS_ASSIGN(const Pricer pricer, Pricer::create(platform));
  return pricer.estimate(network, options);
}

}  // namespace roofscape::cost
