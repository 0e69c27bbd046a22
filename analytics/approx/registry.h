// One function a method: each is defined in the method's own file and called in registry.cc, the one list.
#pragma once

#include "analytics/approx/method.h"

namespace roofscape::approx {

const Method& integer_method();        // integer.cc
const Method& prune_method();          // prune.cc
const Method& prune_filters_method();  // prune_filters.cc

}  // namespace roofscape::approx
