// Where the choices of a variable lie: coordinates in which near choices act alike (search::Problem::traits).
#pragma once

#include <cstdint>
#include <vector>

#include "analytics/explore/space.h"
#include "analytics/search/pareto.h"

namespace roofscape::explore {

// Of "leave it" (index 0) and each choice: the ranks of knob values that vary, "leave it" and choices that do not use
// the method standing where its identity does; and where methods share the variable, one flag a method.
std::vector<search::Values> traits_of(const Variable& variable);
// Index into `choices` of the one nearest to "leave it"; the first of several.
std::uint16_t least_choice(const Variable& variable);

}  // namespace roofscape::explore
