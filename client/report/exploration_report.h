// Explorations as tables and facts.
#pragma once

#include <string>

#include "client/console/console.h"
#include "roofscape/v1/service.pb.h"

namespace roofscape::client {

// "1.20e+07 points", and whether leaving a layer alone is no choice.
std::string space_text(const v1::Exploration& exploration);

std::string explorations_table(const v1::ListExplorationsResponse& explorations, const Console& console);
std::string explorations_csv(const v1::ListExplorationsResponse& explorations);
std::string exploration_text(const v1::Exploration& exploration, const Console& console);
// "running", "succeeded" …
std::string state_text(v1::ExplorationState state);
// Whether nothing more will happen unless a person asks for it.
bool is_resting(v1::ExplorationState state);
// "sensitivities 12/80  best top-1 91.30 %  hypervolume 0.7321".
std::string standing_text(const v1::ExplorationEvent& event);

}  // namespace roofscape::client
