#include "analytics/cost/model.h"

namespace roofscape::cost {

std::unique_ptr<const Model> model_of(Machine machine) {
  return machine.fabric ? streaming_model(std::move(machine)) : sequential_model(std::move(machine));
}

}  // namespace roofscape::cost
