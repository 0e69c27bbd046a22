#include "server/names.h"

#include "analytics/base/text.h"

namespace roofscape::server {
namespace {

constexpr std::string_view kIdRule = "1 to 63 of a-z, 0-9, '-', '_' and '.', starting with a letter or digit";

}  // namespace

std::string resource_name(std::string_view collection, std::string_view id) {
  return fmt::format("{}/{}", collection, id);
}

Result<std::string> parse_name(std::string_view collection, std::string_view name, std::string_view field) {
  if (name.empty()) return invalid_argument("no name is given; write '{}/ID'", collection).at(std::string(field));
  std::string_view id = name;
  if (id.starts_with(collection) && id.substr(collection.size()).starts_with('/'))
    id.remove_prefix(collection.size() + 1);
  if (!is_resource_id(id))
    return invalid_argument("'{}' is not a name of the form '{}/ID'; an ID is {}", printable(name), collection, kIdRule)
        .at(std::string(field));
  return std::string(id);
}

Status check_new_id(std::string_view kind, std::string_view id, std::string_view field) {
  if (is_resource_id(id)) return {};
  return invalid_argument("'{}' cannot be the id of a {}; use {}", printable(id), kind, kIdRule).at(std::string(field));
}

std::string evaluation_name(std::string_view exploration, std::int64_t index) {
  return fmt::format("{}/{}/evaluations/{}", kExplorations, exploration, index);
}

Result<EvaluationName> parse_evaluation_name(std::string_view name, std::string_view field) {
  const auto parts = split(name, '/');
  if (parts.size() == 4 && parts[0] == kExplorations && is_resource_id(parts[1]) && parts[2] == "evaluations") {
    const auto index = parse_int(parts[3]);
    if (index && *index >= 0) return EvaluationName{std::string(parts[1]), *index};
  }
  return invalid_argument("'{}' is not a name of the form 'explorations/ID/evaluations/NUMBER'", printable(name))
      .at(std::string(field));
}

}  // namespace roofscape::server
