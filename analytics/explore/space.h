// The space of one exploration: rules as people write them, expanded over the layers of a network into variables.
//
// A rule picks layers (glob on the name, and operation) and offers methods with lists of knob values. Later rules add
// to earlier ones: a method named again for the same layer adds its new values to those of each knob. Knobs that no
// rule names keep their default. For each (layer, method) that applies, the variable's choices are "leave it" and every
// combination of the knob values, without those that leave the layer as it is anyway (fraction 0) or that it cannot
// take. Methods that contradict each other on a layer (two weight formats) share one variable, which holds every way of
// using them that agrees. A rule with `together` gives all its layers one variable: they change as one.
//
// Of a rule with `required`, "leave it" is no choice where its methods apply: each of them is used, and of methods that
// share a variable one at least. Other rules for the same layers may add values and methods, not take that back. The
// base network is then no point of the space.
//
//   RS_ASSIGN(Space space, Space::create(network, rules));
//   approx::Recipe recipe = space.recipe(point);
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "analytics/approx/method.h"
#include "analytics/base/decline.h"
#include "analytics/base/status.h"
#include "analytics/network/network.h"
#include "analytics/search/searcher.h"

namespace roofscape::explore {

// One method offered by a rule, with the values of each knob that is not left at its default.
struct MethodChoices {
  std::string method;
  std::vector<std::pair<std::string, std::vector<approx::KnobValue>>> knobs;
};
struct Rule {
  std::string layers;  // glob on layer names; empty: any
  std::string op;      // operation name, e.g. "Conv"; empty: any
  std::vector<MethodChoices> methods;
  bool together = false;  // one decision for all layers picked
  bool required = false;  // its methods are used wherever they apply
};

// A method with its complete knobs.
struct Use {
  std::string method;
  approx::Knobs knobs;
};

struct Variable {
  std::vector<std::string> layers;   // that change together, in the network's order
  std::vector<std::string> methods;  // one, or those that exclude each other, by id
  // What each choice does: choice 0 of an optional variable is "leave it", choice i is choices[i-1]; of any other
  // choice i is choices[i].
  std::vector<std::vector<Use>> choices;
  // False where every point uses the methods: of rules that require it, and of configurations.
  bool optional = true;
  bool has_weights = true;  // any of its layers has
};

// Most choices of a variable and most variables of a space; more is kResourceExhausted.
struct SpaceLimits {
  static constexpr std::size_t kChoices = 4096;
  static constexpr std::size_t kVariables = 4096;
};

struct Offer;

class Space {
 public:
  // Errors carry field paths relative to the rules: "[1].integer.weight_bits[2]". A rule that picks no layer, or a
  // method that applies to none of the layers picked, is an error that says why; a method which applies to some is not.
  // `keep_base`: whether "leave it" is a choice of each variable that no rule requires (explorations) or of none
  // (configurations).
  static Result<Space> create(const Network& network, const std::vector<Rule>& rules, bool keep_base = true);

  const std::vector<Variable>& variables() const { return variables_; }
  std::vector<std::uint32_t> choices() const;
  std::vector<std::uint32_t> groups() const;  // index of each variable's first layer
  // Coordinates of each variable's choices in which near ones act alike (search::Problem::traits): the ranks of knob
  // values that vary, "leave it" standing where the method's identity does.
  std::vector<std::vector<search::Values>> traits() const;
  // Whether the base network is a point of it: no variable is required.
  bool contains_base() const;
  // Points to measure among so many evaluations, of which the base network is one whether or not it is a point.
  std::uint64_t points_wanted(std::int64_t evaluations) const;
  // The point that approximates least: the base network where the space contains it; of variables that are required,
  // the choice whose traits are nearest to leaving the layers alone.
  search::Point base() const;
  // Of each variable: a number that it shares with those that offer the same methods.
  std::vector<std::uint32_t> kinds() const;
  // Of each variable: whether any of its choices changes the shapes of other layers than those that it is given.
  std::vector<bool> changes_structure() const;
  // Of each variable: whether all that it does is to move factors between layers (approx::Stage::kBalance).
  std::vector<bool> balances() const;
  // What its choices, taken together, read of a calibration.
  approx::CalibrationNeeds needs() const;
  // Steps in the order in which they are applied.
  approx::Recipe recipe(const search::Point& point) const;
  // The point whose recipe this is; nothing where no point has it.
  std::optional<search::Point> find(const approx::Recipe& recipe) const;

 private:
  // A step that a choice adds, and where it stands among all steps of a recipe.
  struct PlacedStep {
    std::tuple<approx::Stage, LayerId, std::string> order;
    approx::Step step;
  };
  void add(const Network& network, std::vector<Offer> offers, std::vector<std::vector<Use>> choices, bool optional);

  std::vector<Variable> variables_;
  std::vector<std::uint32_t> groups_;
  std::vector<std::vector<std::vector<PlacedStep>>> steps_;  // by variable and choice, "leave it" left out
};

// A configuration is rules with single values: the recipe it stands for. A list of values is an error with its path.
// A later rule's knob value replaces an earlier one's for the same layer and method. Methods that contradict each other
// are refused with the reason.
Result<approx::Recipe> recipe_of(const Network& network, const std::vector<Rule>& rules);

}  // namespace roofscape::explore
