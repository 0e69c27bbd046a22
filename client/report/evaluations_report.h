// What an exploration measured, as a table and CSV.
#pragma once

#include <string>

#include "client/console/console.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

struct EvaluationList {
  v1::ListEvaluationsResponse evaluations;  // in order
  std::string platform;                     // resource name; empty: every one
  bool more = false;                        // whether there are others that a limit leaves out
  bool full_recipes = false;                // long recipes whole
};

// Prices on one platform, or the latency on each of several.
std::string evaluations_table(const EvaluationList& list, const Console& console);
// One row an evaluation and platform, SI base units, every knob.
std::string evaluations_csv(const EvaluationList& list);

}  // namespace roofscape::client
