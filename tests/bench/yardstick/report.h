// What a searcher reached on a job, as a table: a line a seed and checkpoint, then the least of the seeds.
//
//   Report report(file, {20, 40, 120}, Axis::kEvaluations);
//   report.add(/*seed=*/1, trace);
//   std::fputs(report.text(&best).c_str(), stdout);
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/yardstick/best_fronts.h"
#include "tests/bench/yardstick/job_file.h"
#include "tests/bench/yardstick/trace.h"

namespace roofscape::bench {

// What checkpoints count: evaluations, or images seen, in so many whole measurements' worth.
enum class Axis { kEvaluations, kImages };

class Report {
 public:
  // Checkpoints ascend; `file` outlives the report.
  Report(const JobFile& file, std::vector<std::int64_t> checkpoints, Axis axis)
      : file_(file), checkpoints_(std::move(checkpoints)), axis_(axis) {}

  void add(std::uint64_t seed, const Trace& trace);
  // The lines of the seed that was added last, with the header before the first.
  std::string last_seed() const;
  // The least and the median of the seeds at each checkpoint; with `best`, also the least as a share of the best fronts
  // known.
  std::string summary(const BestFronts* best) const;
  // All lines of all seeds as CSV, without a header; columns as csv_header names them.
  std::string csv(const std::string& searcher, const BestFronts* best) const;
  static std::string csv_header();

 private:
  struct Row {
    std::uint64_t seed = 0;
    std::int64_t checkpoint = 0;
    Moment moment;
  };
  std::string line(const std::string& name, const Row& row) const;
  // Of one checkpoint, over the seeds: each front's value at this share of their order (0: least, 0.5: median).
  Row at_share(std::int64_t checkpoint, double share) const;
  std::vector<double> best_hypervolumes(const BestFronts& best) const;

  const JobFile& file_;
  const std::vector<std::int64_t> checkpoints_;
  const Axis axis_;
  std::vector<explore::FrontBox> boxes_;
  std::vector<Row> rows_;
};

}  // namespace roofscape::bench
