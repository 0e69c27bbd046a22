#include "analytics/engine/plan.h"

namespace roofscape::engine {

float* Plan::input(Workspace& workspace, std::size_t i) const {
  return reinterpret_cast<float*>(workspace.arena_.at(inputs_[i].offset));
}

void Plan::run(Workspace& workspace, std::int64_t count, const OnTap& on_tap) const {
  std::vector<const void*> inputs;
  for (const Scheduled& scheduled : steps_) {
    inputs.clear();
    for (const std::size_t offset : scheduled.inputs) inputs.push_back(workspace.arena_.at(offset));
    if (scheduled.step == nullptr) {
      on_tap(scheduled.output, static_cast<const float*>(inputs[0]));
      continue;
    }
    scheduled.step->run(count, {inputs, workspace.arena_.at(scheduled.output), workspace.scratch_.at(0)});
  }
}

}  // namespace roofscape::engine
