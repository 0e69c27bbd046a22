// What one run found, in the order in which it found it, with what it had spent by then.
//
//   Trace trace(job);
//   trace.set_boxes(boxes);
//   trace.add(evaluation, {.images = 4000, .seconds = 1.5});
//   Moment moment = trace.after(40);     // hypervolumes of the first forty evaluations' fronts
//
// Hypervolumes are those of server/pareto_fronts: of feasible evaluations that fit the platform, in its front's box.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analytics/explore/explorer.h"
#include "analytics/explore/front_box.h"

namespace roofscape::bench {

struct Spent {
  std::int64_t images = 0;  // through a candidate network, each distinct network's counted once
  double seconds = 0;
};

struct Moment {
  std::size_t evaluations = 0, feasible = 0;
  Spent spent;
  std::vector<double> hypervolumes;  // one a front
  double mean = 0;                   // of them
};

class Trace {
 public:
  // `job` outlives the trace. `boxes`: instead of the job's own; empty: the job's.
  explicit Trace(const explore::Job& job, std::vector<explore::FrontBox> boxes = {})
      : job_(job), boxes_(std::move(boxes)) {}

  // The job's own.
  void set_boxes(const std::vector<explore::FrontBox>& boxes) {
    if (boxes_.empty()) boxes_ = boxes;
  }
  // `spent`: by the whole run until now.
  void add(const explore::Evaluation& evaluation, const Spent& spent);

  const std::vector<explore::FrontBox>& boxes() const { return boxes_; }
  std::size_t evaluations() const { return steps_.size(); }
  Moment after(std::size_t evaluations) const;
  // How many evaluations were there when at most so many images had been spent.
  std::size_t evaluations_within(std::int64_t images) const;
  // Minimised values of the first evaluations that count on a front.
  std::vector<search::Values> points(std::size_t front, std::size_t evaluations) const;

 private:
  struct Step {
    Spent spent;
    bool feasible = false;
    std::vector<std::optional<search::Values>> values;  // one a front; absent where it does not count there
  };
  std::optional<search::Values> values(const explore::FrontBox& box, const explore::Evaluation& evaluation) const;

  const explore::Job& job_;
  std::vector<explore::FrontBox> boxes_;
  std::vector<Step> steps_;
};

}  // namespace roofscape::bench
