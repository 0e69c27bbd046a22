#include "analytics/base/decline.h"

#include <fmt/core.h>

namespace roofscape {

std::string_view decline_reason_name(DeclineReason reason) {
  switch (reason) {
    case DeclineReason::kOperation: return "operation";
    case DeclineReason::kFormat: return "format";
    case DeclineReason::kShape: return "shape";
    case DeclineReason::kInstructionSet: return "instruction-set";
    case DeclineReason::kStructure: return "structure";
    case DeclineReason::kRange: return "range";
    case DeclineReason::kMissingFigure: return "missing-figure";
    case DeclineReason::kKnob: return "knob";
    case DeclineReason::kOther: return "other";
  }
  return "other";
}

std::string to_string(const Decline& decline) {
  return fmt::format("{} declines ({}): {}", decline.who, decline_reason_name(decline.reason), decline.because);
}

}  // namespace roofscape
