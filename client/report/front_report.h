// Pareto fronts as tables, CSV and JSON.
#pragma once

#include <string>
#include <vector>

#include "client/console/console.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

// One table a platform; points in the server's order, the base network before them unless it is one of them, the
// recommended one with its reason.
std::string front_table(const v1::GetParetoFrontResponse& fronts, const Console& console);
// One row a platform and point, SI base units, every knob.
std::string front_csv(const v1::GetParetoFrontResponse& fronts);
// The same fronts without what tells one run from another: evaluations are named relative to their exploration
// ("evaluations/17"), so that equal runs give equal bytes.
v1::GetParetoFrontResponse comparable(v1::GetParetoFrontResponse fronts);

// "45 points, hypervolume 0.8123; 9 shown, which keep 99.7 % of it".
std::string front_summary(const v1::ParetoFront& front);
bool is_recommended(const v1::ParetoFront& front, const v1::Evaluation& evaluation);
// Whether the base network is one of the points listed.
bool lists_base(const v1::ParetoFront& front);
// Points that the one at this place in `evaluations` stands for, itself included.
int stands_for_count(const v1::ParetoFront& front, int place);
// The columns of a file of evaluations, one row an evaluation and platform, and the cells of one.
const std::vector<std::string>& evaluation_columns();
std::vector<std::string> evaluation_cells(const v1::Evaluation& evaluation, const std::string& platform);

// The evaluation's estimate on that platform, or nothing.
const v1::Estimate* estimate_on(const v1::Evaluation& evaluation, const std::string& platform);
// "91.30 % (90.7–91.8)".
std::string top1_text(const v1::Accuracy& accuracy);

}  // namespace roofscape::client
