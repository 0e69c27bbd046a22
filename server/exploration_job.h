// From what a person wrote to what analytics/explore works at: everything looked up, checked and chosen.
//
//   RS_ASSIGN(PreparedJob prepared, prepare_job(backend, spec));    // errors at "constraints[1]", "space[0].…"
#pragma once

#include <map>
#include <string>

#include "analytics/explore/explorer.h"
#include "roofscape/v1/exploration.pb.h"
#include "server/backend.h"

namespace roofscape::server {

struct PreparedJob {
  explore::Job job;
  Digest data_key;         // MeasurementKey::data
  Digest network_key;      // of the base network
  Digest calibration_key;  // of the calibration images
  double space_size = 0;
  // Of model, data sets, engine and platforms, as the exploration keeps them.
  std::map<std::string, std::string> content_keys;
};

// Evaluations that a specification asks for: 0 stands for 200.
std::int64_t evaluations_of(const v1::ExplorationSpec& spec);

// Looks at everything that can be known before measuring, explore::validate included.
Result<PreparedJob> prepare_job(Backend& backend, const v1::ExplorationSpec& spec);
// kFailedPrecondition, naming what changed since the exploration was accepted.
Status check_unchanged(const v1::Exploration& exploration, const PreparedJob& prepared);

}  // namespace roofscape::server
