#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "analytics/base/text.h"
#include "proto/estimate_words.h"
#include "server/exploration_view.h"
#include "server/front_view.h"
#include "server/metric_value.h"
#include "server/names.h"
#include "server/value_change.h"

namespace roofscape::server {
namespace {

constexpr int kMostContenders = 100;

// An exploration, all that it measured, and what it is called in sentences.
struct Side {
  std::string id;
  v1::Exploration exploration;
  std::vector<v1::Evaluation> evaluations;
};

Result<Side> side_of(Backend& backend, const std::string& name, std::string_view field) {
  Side side;
  RS_ASSIGN(side.id, parse_name(kExplorations, name, field));
  auto exploration = backend.store->get_exploration(side.id);
  if (!exploration.ok()) return exploration.status().at(std::string(field));
  side.exploration = *std::move(exploration);
  RS_ASSIGN(side.evaluations, evaluations_with_boxes(backend, side.exploration));
  return side;
}

// Sentences, each once, in the order in which they came up.
class Notes {
 public:
  void add(std::string sentence) {
    if (known_.insert(sentence).second) sentences_.push_back(std::move(sentence));
  }
  const std::vector<std::string>& sentences() const { return sentences_; }

 private:
  std::set<std::string> known_;
  std::vector<std::string> sentences_;
};

// What the two jobs do not have in common beside their spaces, and what that does to their figures.
void note_differences(const Side& a, const Side& b, Notes* notes) {
  const v1::ExplorationSpec &one = a.exploration.spec(), &two = b.exploration.spec();
  const auto differ = [&](std::string_view what, const auto& first, const auto& second, std::string_view so) {
    if (first != second)
      notes->add(fmt::format("{} of '{}' is {} and of '{}' is {}{}", what, a.id, first, b.id, second, so));
  };
  differ("the model", one.model(), two.model(), "");
  differ("the data set", one.dataset(), two.dataset(), ": accuracies are not of the same images");
  if (one.dataset() == two.dataset() &&
      (one.evaluation_images() != two.evaluation_images() ||
       one.calibration().SerializeAsString() != two.calibration().SerializeAsString() ||
       one.confirmation().share() != two.confirmation().share()))
    notes->add(fmt::format("'{}' and '{}' do not measure on the same images of '{}'", a.id, b.id, one.dataset()));
  differ("the batch", std::max<std::int64_t>(one.batch(), 1), std::max<std::int64_t>(two.batch(), 1),
         ": latencies are of different batches");
}

// The view in which both sides are seen: the objectives that both have, and the smallest box around their boxes.
FrontView common_view(const FrontView& a, const FrontView& b, const Side& side_a, const Side& side_b, Notes* notes) {
  FrontView common{a.platform, {}, {}};
  const auto place = [](const FrontView& view, const search::Objective& objective) {
    return static_cast<std::size_t>(
        std::find_if(view.objectives.begin(), view.objectives.end(),
                     [&](const search::Objective& o) { return o.what.metric == objective.what.metric; }) -
        view.objectives.begin());
  };
  const auto note = [&](const search::Objective& objective, const Side& owner) {
    notes->add(fmt::format("{} is an objective of '{}' alone, and left out", to_string(objective.what), owner.id));
  };
  for (std::size_t i = 0; i < a.objectives.size(); ++i) {
    const std::size_t j = place(b, a.objectives[i]);
    if (j == b.objectives.size()) {
      note(a.objectives[i], side_a);
      continue;
    }
    common.box.sides.push_back({common.objectives.size(), std::min(a.box.sides[i].ideal, b.box.sides[j].ideal),
                                std::max(a.box.sides[i].reference, b.box.sides[j].reference)});
    common.objectives.push_back(a.objectives[i]);
  }
  for (const search::Objective& objective : b.objectives)
    if (place(a, objective) == a.objectives.size()) note(objective, side_b);
  return common;
}

// Energies that rest on different grounds do not compare: the objective is left out.
void drop_energies_of_two_bases(const Side& first, const Side& second, FrontView* view, Notes* notes) {
  if (first.evaluations.empty() || second.evaluations.empty()) return;
  const v1::Estimate &one = estimate_on(first.evaluations[0], view->platform),
                     &two = estimate_on(second.evaluations[0], view->platform);
  if (comparable_energies(one, two)) return;
  FrontView kept{view->platform, {}, {}};
  for (std::size_t i = 0; i < view->objectives.size(); ++i) {
    if (view->objectives[i].what.metric == search::Metric::kEnergy) continue;
    const auto& side = view->box.sides[i];
    kept.box.sides.push_back({kept.objectives.size(), side.ideal, side.reference});
    kept.objectives.push_back(view->objectives[i]);
  }
  if (kept.objectives.size() == view->objectives.size()) return;
  notes->add(fmt::format("energy on '{}' is left out: that of '{}' is of {}, that of '{}' of {}", view->platform,
                         first.id, energy_basis_in_full(one.energy_basis()), second.id,
                         energy_basis_in_full(two.energy_basis())));
  *view = std::move(kept);
}

v1::FrontBox box_message(const FrontView& view) {
  v1::FrontBox box;
  box.set_platform(resource_name(kPlatforms, view.platform));
  for (std::size_t i = 0; i < view.objectives.size(); ++i) {
    const search::Objective& objective = view.objectives[i];
    const double sign = objective.maximise ? -1 : 1;
    v1::BoxSide* side = box.add_sides();
    side->set_objective(fmt::format("{} {}", objective.maximise ? "maximise" : "minimise", to_string(objective.what)));
    side->set_ideal(sign * view.box.sides[i].ideal);
    side->set_reference(sign * view.box.sides[i].reference);
  }
  return box;
}

// Where a point stands against a front.
class Judge {
 public:
  Judge(const FrontView& view, const FrontPoints& front)
      : view_(view), front_(front), unit_(search::in_unit_box(front.values, view.ideal(), view.reference())) {}

  v1::ComparedPoint stand(const v1::Evaluation& evaluation, const search::Values& values) const {
    v1::ComparedPoint point;
    *point.mutable_evaluation() = evaluation;
    point.set_standing(v1::EXTENDS);
    double nearest = HUGE_VAL;
    for (std::size_t i = 0; i < front_.values.size(); ++i) {
      const search::Values& other = front_.values[i];
      if (search::dominates(values, other)) point.set_dominated_count(point.dominated_count() + 1);
      const bool equal = values == other;
      if (!equal && !search::dominates(other, values)) continue;
      const double far = distance(values, other);
      if (far >= nearest) continue;
      nearest = far;
      point.set_standing(equal ? v1::EQUALS : v1::DOMINATED);
      point.set_beaten_by(front_.evaluations[i]->index());
      point.set_told_apart(search::has_advantage(view_.readings(*front_.evaluations[i]), view_.readings(evaluation)));
    }
    if (point.standing() == v1::EXTENDS) point.set_hypervolume_gain(gain_of(values));
    return point;
  }

 private:
  // The largest share of a side of the box that lies between two points.
  double distance(const search::Values& a, const search::Values& b) const {
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
      most = std::max(most, std::abs(a[i] - b[i]) / (view_.box.sides[i].reference - view_.box.sides[i].ideal));
    return most;
  }

  double gain_of(const search::Values& values) const {
    const std::vector<search::Values> alone = {values};
    const std::vector<search::Values> one = search::in_unit_box(alone, view_.ideal(), view_.reference());
    const search::Values zeros(values.size(), 0.0), ones(values.size(), 1.0);
    constexpr std::size_t kExact = 4;  // dimensions in which the exact gain is quick
    if (values.size() <= kExact) return search::hypervolume_gain(one[0], unit_, ones);
    std::vector<search::Values> both = unit_;
    both.push_back(one[0]);
    return std::max(0.0,
                    search::bounded_hypervolume(both, zeros, ones) - search::bounded_hypervolume(unit_, zeros, ones));
  }

  const FrontView& view_;
  const FrontPoints& front_;
  std::vector<search::Values> unit_;
};

// `other`: null without one.
v1::ComparedFront compared(const Side& side, const FrontView& view, const FrontPoints& front,
                           const FrontPoints* other) {
  v1::ComparedFront result;
  result.set_name(side.exploration.name());
  result.set_hypervolume(front.hypervolume);
  std::optional<Judge> judge;
  if (other != nullptr) judge.emplace(view, *other);
  for (std::size_t i = 0; i < front.values.size(); ++i) {
    v1::ComparedPoint* point = result.add_points();
    if (!judge) {
      *point->mutable_evaluation() = *front.evaluations[i];
      continue;
    }
    *point = judge->stand(*front.evaluations[i], front.values[i]);
    if (point->standing() == v1::DOMINATED) result.set_dominated_count(result.dominated_count() + 1);
    if (point->standing() == v1::EQUALS) result.set_equal_count(result.equal_count() + 1);
  }
  return result;
}

// Why a contender is no point that could stand on the front; empty: it is one.
std::string not_feasible(const v1::Evaluation& evaluation, const FrontView& view,
                         const std::vector<Condition>& constraints, const v1::Estimate& of_front) {
  for (const Condition& condition : constraints)
    if (!condition.holds(evaluation))
      return fmt::format("breaks the constraint '{}'", printable(condition.constraint.text));
  const v1::Estimate& estimate = estimate_on(evaluation, view.platform);
  const bool by_energy =
      std::any_of(view.objectives.begin(), view.objectives.end(),
                  [](const search::Objective& objective) { return objective.what.metric == search::Metric::kEnergy; });
  if (by_energy && !comparable_energies(estimate, of_front))
    return fmt::format("does not compare: its energy is of {}, that of the front of {}",
                       energy_basis_in_full(estimate.energy_basis()), energy_basis_in_full(of_front.energy_basis()));
  if (view.values(evaluation)) return "";
  if (cannot_fit(estimate))
    return fmt::format("does not fit {}: {}", view.platform, printable(estimate.does_not_fit(), 200));
  return fmt::format("lacks a value of the objectives on {}", view.platform);
}

std::string standing_text(const v1::ComparedPoint& point, const FrontView& view, const FrontPoints& front) {
  if (point.standing() == v1::EXTENDS) {
    constexpr double kShown = 1e-4;
    std::string text = point.hypervolume_gain() < kShown
                           ? "extends the front by less than 0.0001 of the box"
                           : fmt::format("extends the front by {:.4f} of the box", point.hypervolume_gain());
    if (point.dominated_count() > 0)
      text += fmt::format(" and dominates {} of its {} points", point.dominated_count(), front.values.size());
    return text;
  }
  if (point.standing() == v1::EQUALS) return fmt::format("equals #{}", point.beaten_by());
  if (!point.told_apart())
    return fmt::format("is dominated by #{}, by less than the intervals can tell", point.beaten_by());
  const auto by = std::find_if(front.evaluations.begin(), front.evaluations.end(),
                               [&](const auto* e) { return e->index() == point.beaten_by(); });
  return fmt::format("is dominated by #{}, which {}", point.beaten_by(),
                     change_text(view.objectives, view.readings(**by), view.readings(point.evaluation()), "it"));
}

// `of_front`: the base network's price, by which the front's are known to be of a kind.
v1::ComparedPoint contend(const v1::Contender& contender, const FrontView& view, const FrontPoints& front,
                          const std::vector<Condition>& constraints, const v1::Estimate& of_front) {
  v1::Evaluation evaluation = contender.evaluation();
  for (v1::Estimate& estimate : *evaluation.mutable_estimates()) estimate.clear_layers();
  v1::ComparedPoint point;
  if (std::string reason = not_feasible(evaluation, view, constraints, of_front); !reason.empty()) {
    *point.mutable_evaluation() = std::move(evaluation);
    point.set_standing(v1::NOT_FEASIBLE);
    point.set_message(std::move(reason));
  } else {
    point = Judge(view, front).stand(evaluation, *view.values(evaluation));
    point.set_message(standing_text(point, view, front));
  }
  point.set_label(contender.label());
  return point;
}

Status check_contenders(const v1::CompareFrontsRequest& request) {
  if (request.contenders_size() > kMostContenders)
    return invalid_argument("there are {} contenders; use at most {}", request.contenders_size(), kMostContenders)
        .at("contenders");
  if (request.other().empty() && request.contenders().empty())
    return invalid_argument("there is nothing to compare '{}' with; name another exploration, or send contenders",
                            printable(request.name()))
        .at("other");
  for (int i = 0; i < request.contenders_size(); ++i) {
    const v1::Counts& counts = request.contenders(i).evaluation().counts();
    const auto share = [&](std::int64_t count) { return count >= 0 && count <= counts.image_count(); };
    if (counts.image_count() < 1 || !share(counts.top1_count()) || !share(counts.top5_count()) ||
        !share(counts.agree_count()))
      return invalid_argument("the counts of '{}' are those of no measurement; send what EvaluateModel answers",
                              printable(request.contenders(i).label()))
          .at(fmt::format("contenders[{}].evaluation.counts", i));
  }
  return {};
}

// The platforms to compare on; what only one side has is noted.
Result<std::vector<std::string>> platforms_of(const v1::CompareFrontsRequest& request, const Side& first,
                                              const Side* second, Notes* notes) {
  const std::vector<std::string> own = platform_ids(first.exploration);
  std::vector<std::string> shared = own;
  if (second != nullptr) {
    const std::vector<std::string> others = platform_ids(second->exploration);
    const auto lacks = [](const std::vector<std::string>& ids, const std::string& id) {
      return std::find(ids.begin(), ids.end(), id) == ids.end();
    };
    for (const std::string& id : own)
      if (lacks(others, id)) notes->add(fmt::format("platform '{}' is explored by '{}' alone", id, first.id));
    for (const std::string& id : others)
      if (lacks(own, id)) notes->add(fmt::format("platform '{}' is explored by '{}' alone", id, second->id));
    std::erase_if(shared, [&](const std::string& id) { return lacks(others, id); });
  }
  if (request.platform().empty()) return shared;
  RS_ASSIGN(const std::string asked, parse_name(kPlatforms, request.platform(), "platform"));
  if (std::find(shared.begin(), shared.end(), asked) == shared.end())
    return invalid_argument("platform '{}' is not one that is compared{}", asked, suggestion(asked, shared))
        .at("platform");
  return std::vector<std::string>{asked};
}

// Nothing where there is nothing to compare; the notes say so then.
Result<std::optional<v1::FrontComparison>> compare_on(const std::string& platform, const Side& first,
                                                      const Side* second, const v1::CompareFrontsRequest& request,
                                                      const std::vector<Condition>& constraints, Notes* notes) {
  const v1::FrontBox* box = box_on(first.exploration, platform);
  const v1::FrontBox* other_box = second == nullptr ? box : box_on(second->exploration, platform);
  if (box == nullptr || other_box == nullptr) {
    notes->add(fmt::format("'{}' has no front on platform '{}'", box == nullptr ? first.id : second->id, platform));
    return std::optional<v1::FrontComparison>();
  }
  RS_ASSIGN(FrontView view, view_of(*box, platform));
  if (second != nullptr) {
    RS_ASSIGN(const FrontView other_view, view_of(*other_box, platform));
    view = common_view(view, other_view, first, *second, notes);
    drop_energies_of_two_bases(first, *second, &view, notes);
  }
  if (view.objectives.empty()) {
    notes->add(fmt::format("'{}' and '{}' share no objective on platform '{}'", first.id, second->id, platform));
    return std::optional<v1::FrontComparison>();
  }
  v1::FrontComparison comparison;
  comparison.set_platform(resource_name(kPlatforms, platform));
  *comparison.mutable_box() = box_message(view);
  const FrontPoints front = front_points(view, first.evaluations, {});
  comparison.set_joint_hypervolume(front.hypervolume);
  if (second == nullptr) {
    *comparison.mutable_first() = compared(first, view, front, nullptr);
  } else {
    const FrontPoints other = front_points(view, second->evaluations, {});
    *comparison.mutable_first() = compared(first, view, front, &other);
    *comparison.mutable_second() = compared(*second, view, other, &front);
    std::vector<search::Values> joint = front.values;
    joint.insert(joint.end(), other.values.begin(), other.values.end());
    comparison.set_joint_hypervolume(explore::hypervolume(view.box, joint));
  }
  const v1::Estimate of_front =
      first.evaluations.empty() ? v1::Estimate() : estimate_on(first.evaluations[0], platform);
  for (const v1::Contender& contender : request.contenders())
    *comparison.add_contenders() = contend(contender, view, front, constraints, of_front);
  return std::optional(std::move(comparison));
}

}  // namespace

Result<v1::CompareFrontsResponse> compare_fronts(Backend& backend, const v1::CompareFrontsRequest& request) {
  RS_TRY(check_contenders(request));
  RS_ASSIGN(const Side first, side_of(backend, request.name(), "name"));
  std::optional<Side> second;
  Notes notes;
  if (!request.other().empty()) {
    RS_ASSIGN(second, side_of(backend, request.other(), "other"));
    note_differences(first, *second, &notes);
  }
  const Side* other = second ? &*second : nullptr;
  RS_ASSIGN(const auto platforms, platforms_of(request, first, other, &notes));
  std::vector<Condition> constraints;
  for (const std::string& text : first.exploration.spec().constraints()) {
    RS_ASSIGN(Condition condition, parse_condition(text, platform_ids(first.exploration), "constraints"));
    constraints.push_back(std::move(condition));
  }
  v1::CompareFrontsResponse response;
  for (const std::string& platform : platforms) {
    RS_ASSIGN(auto comparison, compare_on(platform, first, other, request, constraints, &notes));
    if (comparison) *response.add_comparisons() = *std::move(comparison);
  }
  for (const std::string& sentence : notes.sentences()) response.add_notes(sentence);
  return response;
}

}  // namespace roofscape::server
