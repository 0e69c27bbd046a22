// An exploration file as the daemon would understand it, without a daemon: models and data sets that it names are
// imported into a store that lives only for this, and the job is what server/exploration_job makes of it.
//
//   RS_ASSIGN(const JobFile file, read_job("../shared/cases/search/resnet8_wide.yaml", {.evaluations = 120}));
//   explore::Explorer explorer(file.prepared.job, file.engine, sink);
#pragma once

#include <cstdint>
#include <string>

#include "analytics/engine/engine.h"
#include "roofscape/v1/exploration.pb.h"
#include "server/exploration_job.h"

namespace roofscape::bench {

struct JobOverrides {
  std::string searcher{};        // empty: the file's
  std::int64_t evaluations = 0;  // 0: the file's
  int threads = 2;
};

struct JobFile {
  std::string name;  // of the file, without folder and ending
  v1::ExplorationSpec spec;
  server::PreparedJob prepared;
  engine::EngineOptions engine;
  Digest key;  // of all that decides which fronts can be reached: not of searcher, evaluations and seed
};

// kNotFound where a file that it rests on is not on this machine. Errors in the file carry file:line:column.
Result<JobFile> read_job(const std::string& path, const JobOverrides& overrides);

}  // namespace roofscape::bench
