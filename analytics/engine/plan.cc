#include "analytics/engine/plan.h"

#include <algorithm>

namespace roofscape::engine {

float* Plan::input(Workspace& workspace, std::size_t i) const {
  return reinterpret_cast<float*>(workspace.arena_.at(inputs_[i].offset));
}

void Plan::run(Workspace& workspace, std::int64_t count, const OnTap& on_tap) const {
  std::fill(workspace.overflows_.begin(), workspace.overflows_.end(), 0);
  std::vector<const void*> inputs;
  for (const Scheduled& scheduled : steps_) {
    inputs.clear();
    for (const std::size_t offset : scheduled.inputs) inputs.push_back(workspace.arena_.at(offset));
    if (scheduled.step == nullptr) {
      on_tap(scheduled.output, static_cast<const float*>(inputs[0]));
      continue;
    }
    std::int64_t* const overflows =
        scheduled.node < 0 ? nullptr : &workspace.overflows_[static_cast<std::size_t>(scheduled.node)];
    scheduled.step->run(count, {inputs, workspace.arena_.at(scheduled.output), workspace.scratch_.at(0), overflows});
  }
}

}  // namespace roofscape::engine
