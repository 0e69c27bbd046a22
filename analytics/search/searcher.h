// A searcher proposes points of a finite space and learns from what they score.
//
//   auto searcher = make_searcher("surrogate", problem, seed);
//   while (auto points = (*searcher)->ask(20); !points.empty()) { …measure…; (*searcher)->tell(outcomes); }
//
// Same problem, same seed, same answers: same run, whatever the number of workers. `dump` after a tell and `load` into
// a fresh searcher of the same problem goes on exactly as the original would have.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/hash.h"
#include "analytics/base/status.h"
#include "analytics/search/pareto.h"
#include "analytics/search/point.h"

namespace roofscape::search {

// What the cost model says of a point, before anything is measured.
struct Priced {
  bool feasible = true;  // holds all constraints that need no measurement
  double violation = 0;  // how far it breaks them; 0 when feasible
  // One entry an objective, minimised; a measured objective holds NaN.
  Values objectives;
  // Equal for points that are one and the same network; zeros: not known.
  Digest content{};
};

struct Outcome {
  Point point;
  Values objectives;     // complete, minimised
  Values measured;       // the measured values that objectives and limits rest on, minimised
  double violation = 0;  // of all constraints; 0: feasible
  // How far the outputs are from the base's: their mean divergence, in nats. NaN where that was not measured.
  double damage = std::numeric_limits<double>::quiet_NaN();
  // Whether it rests on some of the images only, because more would not have brought it onto a front: measured values
  // are estimates then, and it is on no front.
  bool partial = false;
};

struct Problem {
  std::vector<std::uint32_t> choices;  // number of choices of each variable, each ≥ 1
  std::vector<std::uint32_t> group;    // variables of one layer share a number (for sensitivities and crossover)
  // traits[v][c]: coordinates in [0, 1] of choice c of variable v such that near choices act alike (its knobs' values);
  // all of one variable of one size. Empty, as a whole or for a variable: nothing is known of likeness.
  std::vector<std::vector<Values>> traits;
  // Variables of one kind offer the same methods to different layers: how two kinds act together on one layer is
  // learned for all layers at once. Empty: nothing is known of kinds.
  std::vector<std::uint32_t> kind;
  Point base;                  // the point that approximates least (fp32 where the space has it)
  std::vector<bool> measured;  // for each objective: whether only the engine can tell
  // A job has one Pareto front a platform; each looks at some of the objectives. What a point gains is the mean over
  // the fronts of what it adds to each one's hypervolume, normalised by the box between ideal and reference.
  struct Front {
    std::vector<std::size_t> objectives;  // indices into Priced::objectives
    Values ideal, reference;              // one entry an objective of this front
  };
  std::vector<Front> fronts;
  // Exact and cheap; must be pure.
  std::function<Priced(const Point&)> price;
  // Optional: nearly the same, and quicker where an exact price takes long; for points that are only looked at.
  std::function<Priced(const Point&)> rough_price;
  Priced roughly(const Point& point) const { return rough_price ? rough_price(point) : price(point); }
  // Optional: these will be priced next; whoever can price several at once does so now.
  std::function<void(std::span<const Point>)> about_to_price, about_to_price_roughly;
  // What decides whether a point, once measured, is feasible: one entry a measured constraint. A model of measured
  // values (index into Outcome::measured) is kept for them too.
  struct MeasuredLimit {
    std::size_t measured_index;
    double at_most;
  };
  std::vector<MeasuredLimit> limits;
  std::size_t measured_count = 0;  // size of Outcome::measured
  // damage[v][c]: the damage that choice c of variable v does alone, on the scale of Outcome::damage; NaN where it is
  // not known. Empty: nothing is known of any.
  std::vector<Values> damage;
  // Of each variable: whether it only makes the damage of all others more or less, so that `damage` holds the logarithm
  // of a factor. Empty: none does.
  std::vector<bool> multiplies;
  // What a person would try first: uniform settings, one choice for all layers that take it.
  std::vector<Point> anchors;
  // Others that are worth a look, such as pairs of uniform settings.
  std::vector<Point> suggestions;
  // Of each variable: whether pricing a new combination of choices of such variables takes long (it changes the shapes
  // of other layers). Empty: none is.
  std::vector<bool> slow;
  // What was seen on other images: how measured values (as in Outcome::measured) follow from damage.
  struct Hint {
    double damage = 0;
    Values measured;
  };
  std::vector<Hint> hints;
  // Outcomes of points that others measured: a searcher may learn from them as if it had been told, and still ask for
  // them.
  std::vector<Outcome> known;
};

// Number of points, saturating at 2^63.
std::uint64_t space_size(const Problem& problem);
// For people: exact up to a million, "1.3e12" beyond.
std::string space_size_text(const Problem& problem);

// Mean over the fronts of the normalised hypervolume of the feasible outcomes: 0 to 1. Exact unless that would take
// long (bounded_hypervolume in pareto.h).
double mean_hypervolume(const Problem& problem, std::span<const Outcome> outcomes);

class Searcher {
 public:
  virtual ~Searcher() = default;
  // Up to `count` new points, never one asked or told before, each feasible by its price. Empty: nothing is left to
  // ask (or, in a space of more than 2^22 points, nothing feasible was found any more).
  virtual std::vector<Point> ask(std::size_t count) = 0;
  // Outcomes of points asked for, in the order of asking; also of points never asked (the base, measured as the
  // reference), which will then not be asked.
  virtual void tell(std::span<const Outcome> outcomes) = 0;
  // What the searcher expects of a point's damage, before it is measured; nothing where it makes no forecasts.
  virtual std::optional<double> expected_damage(const Point&) const { return {}; }
  // All that was asked and told, as text; `load` refuses one of another searcher, seed or problem, or a damaged one.
  virtual std::string dump() const = 0;
  virtual Status load(std::string_view state) = 0;
};

struct SearcherInfo {
  std::string id, text;
  bool learns_from_damage = false;  // uses Problem::damage, anchors and hints
  Result<std::unique_ptr<Searcher>> (*make)(const Problem& problem, std::uint64_t seed, std::uint64_t evaluations);
};
// The one list: surrogate, nsga2, random, grid.
std::span<const SearcherInfo> searchers();
bool learns_from_damage(std::string_view id);
Result<std::unique_ptr<Searcher>> make_searcher(std::string_view id, const Problem& problem, std::uint64_t seed,
                                                std::uint64_t evaluations);

}  // namespace roofscape::search
