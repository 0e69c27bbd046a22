// When an exploration stops though more evaluations are wanted: its time is over, or its hypervolume is on a plateau.
// Both count from the last extension, so that what is asked for after a stop is measured and not stopped again at once.
//
//   StoppingRules rules(job.plateau, job.seconds, stored);
//   while (!rules.stop(evaluated, goal.extended_at, hypervolume_of_the_first)) …measure more…
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace roofscape::explore {

class StoppingRules {
 public:
  using Clock = std::function<double()>;  // seconds since any moment

  // `stored`: evaluations that earlier runs stored; going through them again takes none of the time. 0 switches a rule
  // off.
  StoppingRules(double plateau, double seconds, std::int64_t stored, Clock clock);

  // `evaluated`: evaluations there are now; `extended_at`: how many there were at the last extension, 0 without one;
  // `hypervolume(n)`: of the first n.
  bool stop(std::int64_t evaluated, std::int64_t extended_at, const std::function<double(std::int64_t)>& hypervolume);

 private:
  bool time_is_over(std::int64_t evaluated, std::int64_t extended_at);
  bool on_plateau(std::int64_t evaluated, std::int64_t extended_at,
                  const std::function<double(std::int64_t)>& hypervolume) const;

  double plateau_, seconds_;
  std::int64_t stored_;
  Clock clock_;
  double started_;               // when the time that counts began
  std::int64_t started_at_ = 0;  // with so many evaluations
};

}  // namespace roofscape::explore
