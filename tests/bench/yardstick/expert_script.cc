#include "tests/bench/yardstick/expert_script.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "tests/bench/yardstick/greedy_climb.h"
#include "tests/bench/yardstick/uniform_settings.h"

namespace roofscape::bench {
namespace {

constexpr std::size_t kTogether =
    6;  // points that are measured as one merged graph, where nothing hangs on their order

class ExpertScript {
 public:
  ExpertScript(Lab& lab, std::int64_t images) : lab_(lab), images_(images) {
    known_.emplace(lab.base().point, lab.base());
  }

  Status run() {
    RS_TRY(try_uniform_settings());
    if (!left()) return {};
    RS_ASSIGN(const Sensitivities sensitivities, measure_sensitivities());
    RS_TRY(climb(sensitivities));
    return refine(sensitivities);
  }

 private:
  // A uniform setting on the carrier of its time.
  struct Tried {
    Setting setting;
    search::Point point;
    double cost = 0;
    bool skipped = false, measured = false, good = false;
  };

  bool left() const { return lab_.images() + lab_.images_of_a_measurement() <= images_; }

  // Those that are new and may be had, as far as images are left.
  Status measure(std::vector<search::Point> points) {
    std::erase_if(points, [&](const search::Point& p) { return known_.contains(p) || !lab_.price(p).feasible; });
    std::sort(points.begin(), points.end());
    points.erase(std::unique(points.begin(), points.end()), points.end());
    const auto most = (images_ - lab_.images()) / lab_.images_of_a_measurement();
    if (std::ssize(points) > most) points.resize(static_cast<std::size_t>(std::max<std::int64_t>(most, 0)));
    if (points.empty()) return {};
    RS_ASSIGN(const auto outcomes, lab_.measure(points));
    for (const search::Outcome& outcome : outcomes) known_.emplace(outcome.point, outcome);
    return {};
  }

  // Holds all constraints, and lies within the boxes in which fronts are judged.
  bool good(const search::Point& point) const {
    const auto found = known_.find(point);
    if (found == known_.end() || found->second.violation > 0) return false;
    for (std::size_t i = 0; i < lab_.boxes().size(); ++i) {
      const std::vector<std::size_t> columns = lab_.scoring().columns_on(lab_.boxes()[i].platform);
      for (std::size_t side = 0; side < columns.size(); ++side)
        if (search::info(lab_.scoring().columns()[columns[side]].metric).measured &&
            found->second.objectives[columns[side]] >= lab_.boxes()[i].sides[side].reference)
          return false;
    }
    return true;
  }

  // --- 1: uniform settings ---

  Status try_uniform_settings() {
    const std::vector<Setting> settings = uniform_settings(lab_.space());
    search::Point carrier = lab_.space().base();
    // A kind of method at a time, each on top of the finest good setting of those before it.
    for (std::size_t first = 0; first < settings.size();) {
      std::size_t end = first;
      while (end < settings.size() && settings[end].kind == settings[first].kind) ++end;
      RS_TRY(try_ladders(
          {settings.begin() + static_cast<std::ptrdiff_t>(first), settings.begin() + static_cast<std::ptrdiff_t>(end)},
          carrier));
      carrier = finest_good(carrier);
      first = end;
    }
    return {};
  }

  Status try_ladders(const std::vector<Setting>& settings, const search::Point& carrier) {
    std::vector<Tried> tried;
    for (const Setting& setting : settings) {
      Tried& one = tried.emplace_back(Tried{setting, setting.on(carrier)});
      one.cost = mean_cost(one.point);
    }
    std::stable_sort(tried.begin(), tried.end(), [](const Tried& a, const Tried& b) {
      return a.setting.uses.size() != b.setting.uses.size() ? a.setting.uses.size() < b.setting.uses.size()
                                                            : a.cost > b.cost;
    });
    while (left()) {
      std::vector<Tried*> batch;
      std::vector<search::Point> points;
      for (Tried& one : tried) {
        if (one.measured || batch.size() == kTogether) continue;
        one.skipped = one.skipped || !worth_its_images(one) || hopeless(one, tried) || lost(one, tried) ||
                      !lab_.price(one.point).feasible;
        if (one.skipped) continue;
        batch.push_back(&one);
        points.push_back(one.point);
      }
      if (batch.empty()) break;
      RS_TRY(measure(points));
      for (Tried* one : batch) {
        one->measured = true;
        one->good = good(one->point);
      }
    }
    for (const Tried& one : tried) tried_.push_back(one);
    return {};
  }

  // Half of all images at most go into uniform settings, a third into those that combine methods, so that something is
  // left for the greedy part.
  bool worth_its_images(const Tried& one) const {
    return (one.setting.uses.size() > 1 ? 3 : 2) * lab_.images() < images_;
  }

  // Cheaper everywhere than one of its ladder that failed, or more than one that failed.
  bool hopeless(const Tried& one, const std::vector<Tried>& tried) {
    return std::any_of(tried.begin(), tried.end(), [&](const Tried& other) {
      if (!other.measured || other.good) return false;
      return contains(one.setting, other.setting) ||
             (same_ladder(one.setting, other.setting) && nowhere_dearer(one.point, other.point));
    });
  }

  bool nowhere_dearer(const search::Point& a, const search::Point& b) {
    const search::Values cost = lab_.price(a).objectives, than = lab_.price(b).objectives;
    bool cheaper = false;
    for (std::size_t i = 0; i < cost.size(); ++i) {
      if (cost[i] > than[i]) return false;  // never of NaN: measured ones
      cheaper = cheaper || cost[i] < than[i];
    }
    return cheaper;
  }

  bool cost_the_same(const search::Point& a, const search::Point& b) {
    const search::Values cost = lab_.price(a).objectives, than = lab_.price(b).objectives;
    return std::equal(cost.begin(), cost.end(), than.begin(), than.end(),
                      [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); });
  }

  // A variant that costs the same was better wherever both were measured.
  bool lost(const Tried& one, const std::vector<Tried>& tried) {
    bool beaten = false;
    for (const Tried& mine : tried) {
      if (!mine.measured || !same_ladder(one.setting, mine.setting)) continue;
      for (const Tried& other : tried) {
        if (!other.measured || !variants(mine.setting, other.setting)) continue;
        if (!cost_the_same(mine.point, other.point)) continue;
        if (!harms_less(other.point, mine.point)) return false;
        beaten = true;
      }
    }
    return beaten;
  }

  bool harms_less(const search::Point& a, const search::Point& b) const {
    const auto first = known_.find(a), second = known_.find(b);
    if (first == known_.end() || second == known_.end()) return false;
    return first->second.measured < second->second.measured;
  }

  // Over the fronts, the cost relative to the base's; a platform that cannot have the point counts as one where nothing
  // is saved.
  double mean_cost(const search::Point& point) {
    double sum = 0;
    for (std::size_t front = 0; front < lab_.boxes().size(); ++front) {
      const RelativeCost cost(lab_, front);
      const auto base = cost.of(lab_.space().base()), here = cost.of(point);
      // Where the base does not fit either, logarithms are compared with that of a unit.
      sum += here ? *here - base.value_or(0) : 0;
    }
    return sum;
  }

  // Of the good uniform settings tried so far, the dearest that fits most platforms.
  search::Point finest_good(const search::Point& otherwise) {
    const Tried* best = nullptr;
    std::size_t most = 0;
    for (const Tried& one : tried_) {
      if (!one.good) continue;
      const std::size_t fits = fitting(one.point);
      if (best == nullptr || fits > most || (fits == most && one.cost > best->cost)) best = &one;
      most = std::max(most, fits);
    }
    return best == nullptr ? otherwise : best->point;
  }

  std::size_t fitting(const search::Point& point) {
    std::size_t fits = 0;
    for (std::size_t front = 0; front < lab_.boxes().size(); ++front)
      fits += RelativeCost(lab_, front).of(point) ? 1 : 0;
    return fits;
  }

  // --- 2: sensitivities ---

  // Of single methods; an eighth of all images at most: fewer images a choice first, then fewer choices, in the order
  // in which their uniform settings were tried.
  Result<Sensitivities> measure_sensitivities() {
    constexpr std::int64_t kMost = 128, kLeast = 32;
    std::vector<Single> singles;
    for (const Tried& one : tried_)
      if (one.setting.uses.size() == 1 && (one.measured || !lost(one, tried_)))
        for (const auto& [variable, choice] : one.setting.choices) singles.push_back({variable, choice});
    const std::int64_t budget = std::min(images_ / 8, images_ - lab_.images());
    const std::int64_t images =
        std::clamp(budget / std::max<std::int64_t>(std::ssize(singles), 1) / kLeast * kLeast, kLeast, kMost);
    if (std::ssize(singles) * images > budget) singles.resize(static_cast<std::size_t>(budget / images));
    return Sensitivities::measure(lab_, singles, images);
  }

  // --- 3: greedy climbs ---

  struct Way {
    std::size_t front = 0;
    std::optional<std::size_t> only;  // see RelativeCost
    search::Point start;
  };

  // Rounds of climbs, one on each platform: from the finest good setting by all costs; from the platform's good
  // settings; then by each cost in turn.
  std::vector<std::vector<Way>> rounds() {
    std::vector<std::vector<Way>> rounds;
    const std::size_t fronts = lab_.boxes().size();
    std::vector<std::vector<search::Point>> starts(fronts);
    for (std::size_t front = 0; front < fronts; ++front) starts[front] = good_settings(front);
    std::size_t most = 0;
    for (const auto& points : starts) most = std::max(most, points.size());
    for (std::size_t i = 0; i < std::min<std::size_t>(most, 2); ++i) {
      std::vector<Way>& round = rounds.emplace_back();
      for (std::size_t front = 0; front < fronts; ++front)
        if (i < starts[front].size()) round.push_back({front, std::nullopt, starts[front][i]});
    }
    for (std::size_t only = 0; only < lab_.scoring().columns().size(); ++only) {
      std::vector<Way> round;
      for (std::size_t front = 0; front < fronts; ++front)
        if (only < RelativeCost(lab_, front).objectives() && !starts[front].empty())
          round.push_back({front, only, starts[front][0]});
      if (!round.empty()) rounds.push_back(std::move(round));
    }
    return rounds;
  }

  // Good uniform settings that fit the front's platform: the dearest, then those that harm least for their cost.
  std::vector<search::Point> good_settings(std::size_t front) {
    const RelativeCost cost(lab_, front);
    std::vector<std::pair<double, search::Point>> found;
    for (const auto& [point, outcome] : known_)
      if (const auto here = cost.of(point); here && good(point)) found.emplace_back(-*here, point);
    std::sort(found.begin(), found.end());
    std::vector<search::Point> points;
    if (!found.empty()) points.push_back(found.front().second);
    // The cheapest that loses little: half way between the dearest and the cheapest good one.
    if (found.size() > 2) points.push_back(found[found.size() / 2].second);
    return points;
  }

  Status climb(const Sensitivities& sensitivities) {
    constexpr int kFilledIn = 4;  // points of a way that are measured once its end is known, at first
    for (const std::vector<Way>& round : rounds()) {
      std::vector<RelativeCost> costs;
      std::vector<GreedyClimb> climbs;
      for (const Way& way : round) costs.emplace_back(lab_, way.front, way.only);
      for (std::size_t i = 0; i < round.size(); ++i) climbs.emplace_back(lab_, costs[i], sensitivities, round[i].start);
      std::vector<int> filled(climbs.size(), 0);
      for (bool going = true; going && left();) {
        going = false;
        std::vector<std::pair<std::size_t, search::Point>> asked;
        std::vector<search::Point> points;
        for (std::size_t i = 0; i < climbs.size(); ++i) {
          if (climbs[i].bounded() && ++filled[i] > kFilledIn) continue;
          const auto point = climbs[i].next();
          if (!point) continue;
          asked.emplace_back(i, *point);
          points.push_back(*point);
          going = true;
        }
        RS_TRY(measure(points));
        for (const auto& [i, point] : asked) climbs[i].tell(good(point));
      }
    }
    return {};
  }

  // --- 4: refinement ---

  // Points of the front whose evaluations count there.
  std::vector<search::Point> front_points(std::size_t front) {
    const std::vector<std::size_t> columns = lab_.scoring().columns_on(lab_.boxes()[front].platform);
    std::vector<search::Point> points;
    std::vector<search::Values> values;
    for (const auto& [point, outcome] : known_) {
      search::Values& mine = values.emplace_back();
      for (const std::size_t column : columns) mine.push_back(good(point) ? outcome.objectives[column] : std::nan(""));
      if (std::any_of(mine.begin(), mine.end(), [](double v) { return !std::isfinite(v); })) mine[0] = std::nan("");
      points.push_back(point);
    }
    std::vector<search::Point> best;
    for (const std::size_t i : search::pareto_front(values)) best.push_back(points[i]);
    return best;
  }

  // The least harmful of all cheaper single choices of the front's points that are not measured yet.
  std::vector<search::Point> least_harmful(std::size_t front, const Sensitivities& sensitivities, std::size_t count) {
    constexpr double kBeyond = 1.25;    // damage may be so much larger than it was at any good point
    constexpr std::size_t kPoints = 8;  // of the front, a different selection each round
    const RelativeCost cost(lab_, front);
    const std::vector<search::Point> best = front_points(front);
    const std::size_t step = std::max<std::size_t>(best.size() / kPoints, 1);
    double most = 0;  // damage that was good somewhere
    for (const search::Point& point : best) most = std::max(most, sensitivities.of(point));
    std::map<search::Point, double> harms;
    for (std::size_t i = rounds_++ % step; i < best.size(); i += step) {
      const search::Point& point = best[i];
      const double damage_now = sensitivities.of(point);
      const auto here = cost.of(point);
      for (std::size_t v = 0; here && v < point.size(); ++v) {
        const double now = sensitivities.of(v, point[v]).value_or(0);
        search::Point flipped = point;
        for (std::size_t c = 0; c < sensitivities.all()[v].size(); ++c) {
          flipped[v] = static_cast<std::uint16_t>(c);
          const auto damage = sensitivities.of(v, flipped[v]);
          if (!damage || damage_now + *damage - now > kBeyond * most || known_.contains(flipped)) continue;
          const auto there = cost.of(flipped);
          if (!there || *there >= *here || !lab_.price(flipped).feasible) continue;
          const double harm = std::max(*damage - now, 1e-9) / (*here - *there);
          const auto [entry, is_new] = harms.emplace(flipped, harm);
          if (!is_new) entry->second = std::min(entry->second, harm);
        }
      }
    }
    std::vector<std::pair<double, search::Point>> ordered;
    for (const auto& [point, harm] : harms) ordered.emplace_back(harm, point);
    std::sort(ordered.begin(), ordered.end());
    std::vector<search::Point> points;
    for (std::size_t i = 0; i < std::min(count, ordered.size()); ++i) points.push_back(ordered[i].second);
    return points;
  }

  Status refine(const Sensitivities& sensitivities) {
    for (bool going = true; going && left();) {
      going = false;
      for (std::size_t front = 0; front < lab_.boxes().size() && left(); ++front) {
        const std::vector<search::Point> points = least_harmful(front, sensitivities, kTogether);
        going = going || !points.empty();
        RS_TRY(measure(points));
      }
    }
    return {};
  }

  Lab& lab_;
  const std::int64_t images_;
  std::map<search::Point, search::Outcome> known_;
  std::vector<Tried> tried_;
  std::size_t rounds_ = 0;  // of the refinement
};

}  // namespace

Status run_expert_script(Lab& lab, std::int64_t images) { return ExpertScript(lab, images).run(); }

}  // namespace roofscape::bench
