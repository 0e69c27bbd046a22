// How a network is laid out on a machine, and what that costs: one layer after the other under a roofline, with the
// rounds of an array where its lanes are stated, or all layers at once as a streaming design.
//
//   const std::unique_ptr<const Model> model = model_of(std::move(machine));
//   RS_ASSIGN(const NetworkCost cost, model->price(network, demand, options));
//   describe(*model, network, demand, cost, &estimate);        // describe.h: what all have in common, and its own
//
// A new layout is one file with a class, and one line in model_of.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "analytics/base/status.h"
#include "analytics/cost/demand.h"
#include "analytics/cost/estimate.h"
#include "analytics/cost/machine.h"
#include "analytics/cost/network_cost.h"

namespace roofscape::cost {

// May be used by several threads at once.
class Model {
 public:
  virtual ~Model() = default;
  const Machine& machine() const { return machine_; }

  // Of a batch, without the host's time. Fails where no peak holds a layer's formats, unless the options say otherwise.
  virtual Result<NetworkCost> price(const Network& network, const Demand& demand,
                                    const EstimateOptions& options) const = 0;
  // What binds a layer that arithmetic binds: "int8 x int8", "DSP".
  virtual std::string arithmetic_of(const LayerCost& cost) const = 0;
  // Fills runs_as and fallback of a layer that has something to do.
  virtual void describe_layer(const Layer& layer, const LayerDemand& demand, const LayerCost& cost,
                              LayerEstimate* out) const = 0;
  // Fills binding_roof and does_not_fit, and adds to missing and notes; layers are there already.
  virtual void describe(const Network& network, const Demand& demand, const NetworkCost& cost,
                        Estimate* estimate) const = 0;

 protected:
  explicit Model(Machine machine) : machine_(std::move(machine)) {}

 private:
  Machine machine_;
};

std::unique_ptr<const Model> sequential_model(Machine machine);  // sequential_model.cc: roofline.h
std::unique_ptr<const Model> streaming_model(Machine machine);   // streaming_model.cc: fpga.h
// The one that the machine is for.
std::unique_ptr<const Model> model_of(Machine machine);

}  // namespace roofscape::cost
