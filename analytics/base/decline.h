// One vocabulary for saying "not me, and why": kernels decline a layer, methods decline to apply, and the cost model
// declines an arithmetic that a platform lacks. The trail of declines explains every choice that Roofscape makes.
//
//   if (format.bits() > 8) return Decline{"vnni-int8", DeclineReason::kFormat, "activations are int12; at most 8
//   bits"};
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace roofscape {

enum class DeclineReason {
  kOperation,       // the layer computes something else
  kFormat,          // a number format or pair of formats
  kShape,           // a shape, stride, group count or rank
  kInstructionSet,  // the machine lacks an instruction
  kStructure,       // sparsity, sharing or another structure of the weights
  kRange,           // sums could leave the range in which the implementation is exact
  kMissingFigure,   // a platform's figure is not known
  kKnob,            // a knob's value
  kOther,
};
std::string_view decline_reason_name(DeclineReason reason);

struct Decline {
  std::string who;  // id of the kernel, method or ceiling that declines
  DeclineReason reason = DeclineReason::kOther;
  std::string because;  // a clause with the offending value and what would be right
};

// Nothing means "yes".
using MaybeDecline = std::optional<Decline>;
using DeclineTrail = std::vector<Decline>;

std::string to_string(const Decline& decline);

}  // namespace roofscape
