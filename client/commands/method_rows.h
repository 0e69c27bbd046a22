// The rows of `roofscape methods table` where none are given: one or more for each method, on every layer it applies
// to.
#pragma once

#include <string_view>

namespace roofscape::client {

// YAML of a MethodTable.
std::string_view default_method_rows();

}  // namespace roofscape::client
