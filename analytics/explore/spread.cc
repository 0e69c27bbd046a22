#include "analytics/explore/spread.h"

#include <fmt/format.h>

#include <map>
#include <queue>
#include <set>
#include <string>
#include <utility>

#include "analytics/explore/anchors.h"

namespace roofscape::explore {
namespace {

// What a first sight of each is worth.
constexpr double kValue = 6, kVariable = 2, kMethod = 2, kHere = 0.5;
constexpr double kDeparture = 0.5;

struct Item {
  double weight = 1;
  std::vector<std::pair<int*, double>> teaches{};  // how often it was seen, and what a first sight is worth

  double worth() const {
    double sum = 0;
    for (const auto& [seen, first] : teaches) sum += first / (1 + *seen);
    return weight * sum;
  }
};

}  // namespace

std::vector<std::size_t> spread(std::span<const PlacedUse> uses, std::size_t most) {
  std::map<std::string, std::set<std::string>> values;  // of each method's knobs
  for (const PlacedUse& placed : uses)
    for (const auto& [knob, value] : placed.use->knobs)
      values[placed.use->method + " " + knob].insert(approx::to_string(value));
  std::map<std::string, int> seen;
  std::vector<Item> items;
  for (const auto& [variable, use] : uses) {
    Item& item = items.emplace_back(Item{1 / (1 + kDeparture * static_cast<double>(departures(*use)))});
    const auto teach = [&](const std::string& what, double first) { item.teaches.emplace_back(&seen[what], first); };
    const std::string here = fmt::format(" at {}", variable);
    teach(here, kVariable);
    teach(use->method, kMethod);
    teach(use->method + here, kHere);
    for (const auto& [knob, value] : use->knobs) {
      const std::string name = use->method + " " + knob;
      if (values[name].size() < 2) continue;
      const std::string setting = name + " " + approx::to_string(value);
      teach(setting, kValue);
      teach(setting + here, kHere);
    }
  }
  // What an item is worth only falls, so that what was computed earlier is an upper bound.
  std::priority_queue<std::pair<double, std::ptrdiff_t>> queue;  // of equal ones the first on top
  for (std::size_t i = 0; i < items.size(); ++i) queue.emplace(items[i].worth(), -static_cast<std::ptrdiff_t>(i));
  std::vector<std::size_t> chosen;
  while (chosen.size() < most && !queue.empty()) {
    const std::ptrdiff_t negative = queue.top().second;
    queue.pop();
    const auto index = static_cast<std::size_t>(-negative);
    const std::pair now(items[index].worth(), negative);
    if (!queue.empty() && now < queue.top()) {
      queue.push(now);
      continue;
    }
    for (const auto& [times, first] : items[index].teaches) ++*times;
    chosen.push_back(index);
  }
  return chosen;
}

}  // namespace roofscape::explore
