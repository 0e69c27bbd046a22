// Intervals of a class of hardware, read off the residuals of rows that the model has not seen.
//
//   RS_ASSIGN(const Grades grades, grade(&model));
//   grades.unseen[kUnseenPlatform][i];      // of row i of the model
//   grades.grades;                          // the same as quantiles, to be stored
#pragma once

#include <array>
#include <vector>

#include "analytics/calibrate/class_model.h"

namespace roofscape::calibrate {

struct Grades {
  std::array<std::vector<UnseenResidual>, kUnseenKinds> unseen;
  std::vector<v1::CalibrationGrade> grades;  // of networks, platforms and families unseen
  std::vector<double> platform_spreads;      // in the order of the model's platforms
};
Result<Grades> grade(ClassModel* model);

}  // namespace roofscape::calibrate
