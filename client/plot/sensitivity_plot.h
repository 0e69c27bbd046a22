// The picture of sensitivities: a map of layers × settings, dark where a choice alone does much.
//
//   std::string svg = sensitivity_plot(SensitivityMap::of("lenet5", response));
//
// Colours are logarithmic in the divergence and get only darker, so that a grey print reads the same; each cell has its
// figure. Settings stand in the groups of their methods, what does least first.
#pragma once

#include <string>

#include "client/report/sensitivity_map.h"

namespace roofscape::client::plot {

std::string sensitivity_plot(const SensitivityMap& map);

}  // namespace roofscape::client::plot
