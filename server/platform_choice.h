// Platforms picked from all that there are: by id, or by a pattern of ids.
//
//   RS_ASSIGN(auto ids, chosen_platforms({"nvidia-*", "zcu104"}, all));    // "nvidia-a100", …, "zcu104"
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"

namespace roofscape::server {

// Ids in the order of `choices`, those of a pattern as in `known`, each once. One that picks nothing is kNotFound, with
// what was probably meant; the error points at "platforms[2]".
Result<std::vector<std::string>> chosen_platforms(std::span<const std::string> choices,
                                                  const std::vector<std::string>& known);

// To end a message about a name or pattern that picks nothing: "; 'jetson-*' picks 7, such as 'jetson-nano'",
// "; did you mean 'zcu104'?" or "; known: …".
std::string platform_suggestion(std::string_view choice, const std::vector<std::string>& known);

}  // namespace roofscape::server
