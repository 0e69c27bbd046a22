// What the cost model says, layer by layer; and what an evaluation found.
#pragma once

#include <string>

#include "client/console/console.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

// Totals, one row a layer, and what was missing or assumed.
std::string estimate_text(const v1::Estimate& estimate, const Console& console);
std::string estimate_csv(const v1::Estimate& estimate);
// Accuracy with its interval, then a line for each platform.
std::string evaluation_text(const v1::EvaluateModelResponse& response, const Console& console);

}  // namespace roofscape::client
