#include "tests/bench/yardstick/sensitivities.h"

#include <algorithm>
#include <map>
#include <string>

namespace roofscape::bench {

Result<Sensitivities> Sensitivities::measure(Lab& lab, const std::vector<Single>& singles, std::int64_t images) {
  constexpr std::size_t kTogether = 64;  // networks of one merged graph
  const search::Point base = lab.space().base();
  Sensitivities sensitivities;
  for (const std::uint32_t choices : lab.space().choices()) sensitivities.damage_.emplace_back(choices);
  for (std::size_t v = 0; v < base.size(); ++v) sensitivities.damage_[v][base[v]] = 0;
  for (std::size_t first = 0; first < singles.size(); first += kTogether) {
    const std::size_t count = std::min(kTogether, singles.size() - first);
    std::vector<search::Point> points(count, base);
    for (std::size_t i = 0; i < count; ++i) points[i][singles[first + i].variable] = singles[first + i].choice;
    RS_ASSIGN(const auto counts, lab.sample(points, images));
    for (std::size_t i = 0; i < count; ++i)
      sensitivities.damage_[singles[first + i].variable][singles[first + i].choice] =
          engine::metrics(counts[i]).divergence;
  }
  sensitivities.add_combinations(lab.space());
  return sensitivities;
}

void Sensitivities::add_combinations(const explore::Space& space) {
  const auto text = [](const explore::Use& use) { return use.method + approx::to_string(use.knobs); };
  for (std::size_t v = 0; v < damage_.size(); ++v) {
    const std::vector<std::vector<explore::Use>>& choices = space.variables()[v].choices;
    const std::size_t first = damage_[v].size() - choices.size();  // after "leave it", where that is a choice
    std::map<std::string, double> alone;
    for (std::size_t c = 0; c < choices.size(); ++c)
      if (choices[c].size() == 1 && damage_[v][first + c]) alone[text(choices[c][0])] = *damage_[v][first + c];
    for (std::size_t c = 0; c < choices.size(); ++c) {
      if (damage_[v][first + c]) continue;
      double sum = 0;
      const bool all_known = std::all_of(choices[c].begin(), choices[c].end(), [&](const explore::Use& use) {
        const auto found = alone.find(text(use));
        if (found != alone.end()) sum += found->second;
        return found != alone.end();
      });
      if (all_known) damage_[v][first + c] = sum;
    }
  }
}

double Sensitivities::of(const search::Point& point) const {
  double damage = 0;
  for (std::size_t v = 0; v < point.size(); ++v) damage += of(v, point[v]).value_or(0);
  return damage;
}

}  // namespace roofscape::bench
