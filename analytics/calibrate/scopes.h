// Writes what a class's model has learned into a calibration.
#pragma once

#include "analytics/calibrate/class_model.h"
#include "analytics/calibrate/grades.h"

namespace roofscape::calibrate {

// Adds the class and its scopes: of the class, then each family, runtime, platform and format.
void add_class(const ClassModel& model, const Grades& grades, v1::Calibration* calibration);

}  // namespace roofscape::calibrate
