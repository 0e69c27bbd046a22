#include "analytics/explore/problem.h"

#include "analytics/explore/anchors.h"
#include "analytics/explore/damage.h"

namespace roofscape::explore {

search::Problem make_problem(const Scoring& scoring, const Space& space, PriceList& prices,
                             const std::vector<FrontBox>& boxes) {
  search::Problem problem;
  problem.choices = space.choices();
  problem.group = space.groups();
  problem.traits = space.traits();
  problem.base = space.base();
  problem.slow = space.changes_structure();
  problem.kind = space.kinds();
  problem.price = [&prices](const search::Point& point) { return prices.offered(point); };
  problem.about_to_price = [&prices](std::span<const search::Point> points) { prices.prepare(points); };
  problem.rough_price = [&prices](const search::Point& point) { return prices.roughly_offered(point); };
  problem.about_to_price_roughly = [&prices](std::span<const search::Point> points) { prices.prepare_roughly(points); };
  for (const Column& column : scoring.columns()) {
    problem.measured.push_back(search::info(column.metric).measured);
    problem.measured_count += problem.measured.back() ? 1 : 0;
  }
  for (std::size_t i = 0; i < scoring.measured_limits().size(); ++i) {
    const search::Constraint& constraint = scoring.measured_limits()[i].constraint;
    problem.limits.push_back({problem.measured_count + i, constraint.at_least ? -constraint.limit : constraint.limit});
  }
  problem.measured_count += scoring.measured_limits().size();
  for (const FrontBox& box : boxes) {
    search::Problem::Front& front = problem.fronts.emplace_back();
    front.objectives = scoring.columns_on(box.platform);
    for (const FrontBox::Side& side : box.sides) {
      front.ideal.push_back(side.ideal);
      front.reference.push_back(side.reference);
    }
  }
  return problem;
}

void add_sensitivities(search::Problem& problem, const Scoring& scoring, const Space& space, const Sensitivities& found,
                       const search::Outcome& base, bool labelled) {
  problem.damage = damage_table(space, found);
  problem.multiplies = space.balances();
  Anchors found_by_hand = anchors(space, problem.damage);
  problem.anchors = std::move(found_by_hand.single);
  problem.anchors.insert(problem.anchors.end(), found_by_hand.gentle_ends.begin(), found_by_hand.gentle_ends.end());
  problem.suggestions = std::move(found_by_hand.pairs);
  if (!labelled && scoring.needs_labels()) return;
  const search::Values origin = scoring.measured_values(found.base);
  for (const Probe& probe : found.probes) {
    search::Problem::Hint& hint = problem.hints.emplace_back();
    hint.damage = damage(probe.counts);
    hint.measured = scoring.measured_values(probe.counts);
    for (std::size_t i = 0; i < origin.size(); ++i) hint.measured[i] += base.measured[i] - origin[i];
  }
}

}  // namespace roofscape::explore
