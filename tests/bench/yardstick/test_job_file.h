// For tests of the yardstick: explore::testing::small_job as if it had been read from a file.
#pragma once

#include <string>
#include <utility>

#include "analytics/explore/test_job.h"
#include "tests/bench/yardstick/job_file.h"

namespace roofscape::bench::testing {

inline JobFile small_job_file(std::int64_t evaluations) {
  explore::Job job = explore::testing::small_job();
  job.evaluations = evaluations;
  job.constraints = {search::parse_constraint("top1 >= 0.6").value()};
  const Digest base = job.network.key(), data = job.evaluation.key(), calibration = job.calibration.key();
  return {"small", {}, {std::move(job), data, base, calibration, 0, {{"calibration", calibration.hex()}}}, {}, base};
}

}  // namespace roofscape::bench::testing
