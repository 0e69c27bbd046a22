// What the cost model says, layer by layer; and what an evaluation found.
#pragma once

#include <string>
#include <vector>

#include "client/console/console.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

// Totals, one row a layer (of a network known by totals one a roof), and what was missing or assumed.
std::string estimate_text(const v1::Estimate& estimate, const Console& console);
// One row a layer; of a network known by totals one in all. Columns of the whole are the same in every row, so that
// sums over layers stay what they are.
std::string estimate_csv(const v1::Estimate& estimate);
// The columns of the whole, "batch", "batch_latency_seconds" …, and an estimate's cells of them.
const std::vector<std::string>& estimate_columns();
std::vector<std::string> estimate_cells(const v1::Estimate& estimate);
// "missing: …" and "note: …", one a line; empty where there is nothing to say.
std::string estimate_remarks(const v1::Estimate& estimate);
// Accuracy with its interval, then a line for each platform.
std::string evaluation_text(const v1::EvaluateModelResponse& response, const Console& console);

}  // namespace roofscape::client
