#include "server/front_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analytics/search/best_subset.h"
#include "analytics/search/knee.h"
#include "server/front_reason.h"

namespace roofscape::server {
namespace {

// Points in coordinates in which equal steps matter equally, people halve prices: logarithms of those that are positive
// throughout, everything else as it is. And how wide half an interval is there.
struct Scaled {
  std::vector<search::Values> points;
  search::Values noise;
};

Scaled scaled(const FrontView& view, const std::vector<search::Readings>& readings) {
  Scaled scaled{std::vector<search::Values>(readings.size()), {}};
  for (std::size_t i = 0; i < view.objectives.size(); ++i) {
    const search::Objective& objective = view.objectives[i];
    const double sign = objective.maximise ? -1 : 1;
    const bool ratios = !search::info(objective.what.metric).measured &&
                        std::all_of(readings.begin(), readings.end(),
                                    [&](const auto& r) { return sign * r[i].low > 0 && sign * r[i].high > 0; });
    const auto at = [&](double value) { return ratios ? sign * std::log(sign * value) : value; };
    double noise = 0;
    for (std::size_t p = 0; p < readings.size(); ++p) {
      scaled.points[p].push_back(at(readings[p][i].value));
      noise = std::max(noise, (at(readings[p][i].high) - at(readings[p][i].low)) / 2);
    }
    scaled.noise.push_back(noise);
  }
  return scaled;
}

std::vector<search::Fold> one_each(std::size_t points) {
  std::vector<search::Fold> folds;
  for (std::size_t i = 0; i < points; ++i) folds.push_back({i, {}});
  return folds;
}

std::vector<std::size_t> shown_of(std::span<const search::Fold> folds) {
  std::vector<std::size_t> shown;
  for (const search::Fold& fold : folds) shown.push_back(fold.shown);
  return shown;
}

// Those of `folds` that keep most hypervolume, ascending; the one that shows `knee` is among them.
std::vector<std::size_t> picked(const FrontView& view, std::span<const v1::Evaluation* const> front,
                                const std::vector<search::Fold>& folds, std::size_t pick, std::size_t knee) {
  std::vector<search::Values> points;
  for (const search::Fold& fold : folds) points.push_back(*view.values(*front[fold.shown]));
  std::vector<std::size_t> kept =
      search::best_subset(points, view.ideal(), view.reference(), pick == 0 ? folds.size() : pick);
  const std::vector<std::size_t> shown = shown_of(folds);
  const auto place = static_cast<std::size_t>(std::find(shown.begin(), shown.end(), knee) - shown.begin());
  if (std::find(kept.begin(), kept.end(), place) != kept.end()) return kept;
  // In the place of the one for which that loses least.
  const auto volume_with = [&](std::size_t replaced) {
    std::vector<search::Values> chosen;
    for (std::size_t i = 0; i < kept.size(); ++i) chosen.push_back(points[i == replaced ? place : kept[i]]);
    return explore::hypervolume(view.box, chosen);
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < kept.size(); ++i)
    if (volume_with(i) > volume_with(best)) best = i;
  kept[best] = place;
  std::sort(kept.begin(), kept.end());
  return kept;
}

// What a front of prices alone does not say of its point.
std::string unlisted_accuracy(const FrontView& view, const v1::Evaluation& evaluation) {
  const auto is_measured = [](const search::Objective& o) { return search::info(o.what.metric).measured; };
  const v1::Counts& counts = evaluation.counts();
  if (std::any_of(view.objectives.begin(), view.objectives.end(), is_measured) || counts.image_count() == 0) return "";
  return fmt::format("; its top-1 is {:.2f} %",
                     100 * static_cast<double>(counts.top1_count()) / static_cast<double>(counts.image_count()));
}

}  // namespace

FrontChoice choose(const FrontView& view, std::span<const v1::Evaluation* const> front, const v1::Evaluation& base,
                   const ChoiceOptions& options) {
  FrontChoice choice;
  if (front.empty()) return choice;
  std::vector<search::Readings> readings;
  for (const v1::Evaluation* evaluation : front) readings.push_back(view.readings(*evaluation));
  const std::vector<search::Fold> alike = search::fold_alike(readings);
  const Scaled scale = scaled(view, readings);
  const std::size_t knee = search::knee_point(scale.points, shown_of(alike), scale.noise);
  const std::vector<search::Fold> folds = options.show_all ? one_each(front.size()) : alike;
  const std::vector<std::size_t> kept = picked(view, front, folds, options.pick, knee);

  std::vector<std::size_t> shown;  // indices into `front`
  std::vector<search::Values> points;
  for (std::size_t f = 0, next = 0; f < folds.size(); ++f) {
    std::vector<std::int64_t> stands_for;
    for (const std::size_t index : folds[f].stands_for) stands_for.push_back(front[index]->index());
    std::sort(stands_for.begin(), stands_for.end());
    const v1::Evaluation* evaluation = front[folds[f].shown];
    if (next < kept.size() && kept[next] == f) {
      ++next;
      shown.push_back(folds[f].shown);
      points.push_back(*view.values(*evaluation));
      choice.listed.push_back({evaluation, std::move(stands_for)});
    } else {
      choice.left_out.push_back(evaluation->index());
      choice.left_out.insert(choice.left_out.end(), stands_for.begin(), stands_for.end());
    }
  }
  std::sort(choice.left_out.begin(), choice.left_out.end());
  choice.hypervolume = explore::hypervolume(view.box, points);

  choice.recommended = static_cast<std::size_t>(std::find(shown.begin(), shown.end(), knee) - shown.begin());
  std::vector<RatedPoint> rated;
  for (const std::size_t index : shown) rated.push_back({front[index]->index(), readings[index]});
  std::optional<search::Readings> base_readings;
  if (view.values(base)) base_readings = view.readings(base);
  choice.reason =
      front_reason(
          {view.objectives, rated, choice.recommended, {front[0]->index(), readings[0]}, base_readings, front.size()}) +
      unlisted_accuracy(view, *front[knee]);
  return choice;
}

}  // namespace roofscape::server
