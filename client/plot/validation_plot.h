// Predicted against measured times: how well the cost model does on what it has not seen.
//
//   std::string svg = validation_plot(validation);
//
// One panel for each thing that the model had not seen (the network, the platform, the family), the same axes in all of
// them, both logarithmic. On the diagonal a prediction is right; the band around it is a factor of two. Dots are rows,
// coloured by class of hardware; those on one spot are drawn once, so the file stays small.
#pragma once

#include <string>

#include "roofscape/v1/validation.pb.h"

namespace roofscape::client::plot {

std::string validation_plot(const v1::Validation& validation);

}  // namespace roofscape::client::plot
