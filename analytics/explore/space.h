// The space of one exploration: rules as people write them, expanded over the layers of a network into variables.
//
// A rule picks layers (glob on the name, and operation) and offers methods with lists of knob values. Later rules add
// to earlier ones: a method named again for the same layer adds its new values to those of each knob. Knobs that no
// rule names keep their default. For each (layer, method) that applies, the variable's choices are "leave it" and every
// combination of the knob values, without those that leave the layer as it is anyway (fraction 0).
//
//   RS_ASSIGN(Space space, Space::create(network, rules));
//   approx::Recipe recipe = space.recipe(point);
#pragma once

#include <string>
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
};

struct Variable {
  std::string layer, method;
  std::vector<approx::Knobs>
      choices;  // complete knobs; choice 0 of the variable is "leave it", choice i is choices[i-1]
  // False when every point must use the method (a configuration with single values).
  bool optional = true;
};

// Most choices of a variable and most variables of a space; more is kResourceExhausted.
struct SpaceLimits {
  static constexpr std::size_t kChoices = 4096;
  static constexpr std::size_t kVariables = 4096;
};

class Space {
 public:
  // Errors carry field paths relative to the rules: "[1].integer.weight_bits[2]". A rule that picks no layer, or a
  // method that applies to none of the layers picked, is an error that says why; a method which applies to some is not.
  // `keep_base`: whether "leave it" is a choice of each variable (explorations) or not (configurations).
  static Result<Space> create(const Network& network, const std::vector<Rule>& rules, bool keep_base = true);

  const std::vector<Variable>& variables() const { return variables_; }
  std::vector<std::uint32_t> choices() const;
  std::vector<std::uint32_t> groups() const;  // index of each variable's layer
  // Coordinates of each variable's choices in which near ones act alike (search::Problem::traits): the ranks of knob
  // values that vary, "leave it" standing where the method's identity does.
  std::vector<std::vector<search::Values>> traits() const;
  search::Point base() const;
  // Steps in the order in which they are applied.
  approx::Recipe recipe(const search::Point& point) const;

 private:
  std::vector<Variable> variables_;
  std::vector<std::uint32_t> groups_;
  std::vector<std::size_t> order_;  // of the variables as steps of a recipe
};

// A configuration is rules with single values: the recipe it stands for. A list of values is an error with its path.
// A later rule's knob value replaces an earlier one's for the same layer and method.
Result<approx::Recipe> recipe_of(const Network& network, const std::vector<Rule>& rules);

}  // namespace roofscape::explore
