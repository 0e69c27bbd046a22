// The damage of each choice of each layer, when it is the only one: how far it moves the class probabilities on a few
// calibration images (Kullback-Leibler divergence from the base network's, nats). Damages of different layers about add
// up while they are small.
//
//   RS_ASSIGN(const auto sensitivities, Sensitivities::measure(lab, choices, 128));
//   if (const auto damage = sensitivities.of(variable, choice)) …
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/bench/yardstick/lab.h"

namespace roofscape::bench {

// One choice of one variable.
struct Single {
  std::size_t variable = 0;
  std::uint16_t choice = 0;
};

class Sensitivities {
 public:
  // Of these choices alone. A variable's base choice harms nothing; a choice that combines methods whose damage is
  // known adds the sum of it.
  static Result<Sensitivities> measure(Lab& lab, const std::vector<Single>& singles, std::int64_t images);

  std::optional<double> of(std::size_t variable, std::uint16_t choice) const { return damage_[variable][choice]; }
  // Of a whole point; what is not known counts nothing.
  double of(const search::Point& point) const;
  const std::vector<std::vector<std::optional<double>>>& all() const { return damage_; }

 private:
  void add_combinations(const explore::Space& space);

  std::vector<std::vector<std::optional<double>>> damage_;  // by variable and choice
};

}  // namespace roofscape::bench
