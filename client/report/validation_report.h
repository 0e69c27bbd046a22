// How well the cost model predicts measurements that it has not seen.
#pragma once

#include <string>

#include "client/console/console.h"
#include "roofscape/v1/validation.pb.h"

namespace roofscape::client {

// Summaries by class and file, the platforms that are off most, the rows that are far off (all rows with `all`), those
// above a ceiling of their platform, and what was left out. Rows count by the prediction that knew most of their
// platform without their network: files of a platform that nothing was measured of have only wider ones.
std::string validation_text(const v1::Validation& validation, bool all, const Console& console);
// One row a measurement and grade, in seconds of one image.
std::string validation_csv(const v1::Validation& validation);

// What the model had not seen: "the row", "the network", "the platform", "the family".
std::string grade_text(v1::ValidationGrade grade);
// The row's prediction of that grade, or nothing.
const v1::ValidationPrediction* prediction_of(const v1::ValidationRow& row, v1::ValidationGrade grade);

}  // namespace roofscape::client
