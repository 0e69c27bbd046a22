// What earlier explorations measured of the space of a new one, so that its search need not begin with nothing.
//
//   RS_ASSIGN(const auto known, earlier_candidates(backend, spec, prepared));
//
// Of the same network, evaluation and calibration images and engine, measured on all of the images. What an equal
// specification with the same seed measured is left out: asking the same again gives the same run again.
#pragma once

#include <vector>

#include "roofscape/v1/exploration.pb.h"
#include "server/backend.h"
#include "server/exploration_job.h"

namespace roofscape::server {

// At most 240, those of least damage; in the order of their points. None where the searcher does not learn from damage
// or the specification asks for a fresh start.
Result<std::vector<v1::KnownCandidate>> earlier_candidates(Backend& backend, const v1::ExplorationSpec& spec,
                                                           const PreparedJob& prepared);

// Into the job, as the exploration keeps them.
void know(const v1::Exploration& exploration, explore::Job& job);

}  // namespace roofscape::server
