#include "analytics/explore/stopping.h"

#include <algorithm>
#include <utility>

namespace roofscape::explore {

StoppingRules::StoppingRules(double plateau, double seconds, std::int64_t stored, Clock clock)
    : plateau_(plateau), seconds_(seconds), stored_(stored), clock_(std::move(clock)), started_(clock_()) {}

bool StoppingRules::stop(std::int64_t evaluated, std::int64_t extended_at,
                         const std::function<double(std::int64_t)>& hypervolume) {
  return time_is_over(evaluated, extended_at) || on_plateau(evaluated, extended_at, hypervolume);
}

bool StoppingRules::time_is_over(std::int64_t evaluated, std::int64_t extended_at) {
  const std::int64_t from = std::max(stored_, extended_at);
  if (seconds_ <= 0 || evaluated < from) return false;
  if (from > started_at_) {
    started_ = clock_();
    started_at_ = from;
  }
  return clock_() - started_ >= seconds_;
}

bool StoppingRules::on_plateau(std::int64_t evaluated, std::int64_t extended_at,
                               const std::function<double(std::int64_t)>& hypervolume) const {
  constexpr std::int64_t kFirst = 40;  // so many say nothing yet
  const std::int64_t since = evaluated - extended_at;
  if (plateau_ <= 0 || since < kFirst) return false;
  const double now = hypervolume(evaluated), before = hypervolume(extended_at + since * 3 / 4);
  return now > 0 && now - before < plateau_ * now;
}

}  // namespace roofscape::explore
