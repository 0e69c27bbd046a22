// Resource names, written and read in this one place: "models/lenet5", "explorations/e1/evaluations/17".
//
//   RS_ASSIGN(std::string id, parse_name(kModels, request.model(), "model"));     // "models/lenet5" or "lenet5"
//
// Files that people write name things by their bare id, calls by their full name; both are read everywhere. An error
// repeats the name that it saw, fit for a terminal, and points at the field.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analytics/base/status.h"

namespace roofscape::server {

inline constexpr std::string_view kModels = "models";
inline constexpr std::string_view kDatasets = "datasets";
inline constexpr std::string_view kPlatforms = "platforms";
inline constexpr std::string_view kExplorations = "explorations";

// "models", "lenet5" → "models/lenet5".
std::string resource_name(std::string_view collection, std::string_view id);
// The id in a name of this collection. `field` is where the name stood in the request.
Result<std::string> parse_name(std::string_view collection, std::string_view name, std::string_view field);
// An id that a person chose for something new.
Status check_new_id(std::string_view kind, std::string_view id, std::string_view field);

struct EvaluationName {
  std::string exploration;
  std::int64_t index = 0;
};
std::string evaluation_name(std::string_view exploration, std::int64_t index);
Result<EvaluationName> parse_evaluation_name(std::string_view name, std::string_view field);

}  // namespace roofscape::server
