#include "client/text/names.h"

#include "analytics/base/text.h"

namespace roofscape::client {
namespace {

Result<std::string> resource_name(std::string_view collection, std::string_view what, std::string_view given) {
  std::string_view id = given;
  if (id.starts_with(collection) && id.size() > collection.size() && id[collection.size()] == '/')
    id.remove_prefix(collection.size() + 1);
  if (!is_resource_id(id))
    return invalid_argument(
        "'{}' cannot be the name of {}; use 1 to 63 lower-case letters, digits, '-', '_' or '.', first a letter or "
        "digit",
        printable(given), what);
  return std::string(collection) + "/" + std::string(id);
}

}  // namespace

Result<std::string> model_name(std::string_view given) { return resource_name("models", "a model", given); }
Result<std::string> dataset_name(std::string_view given) { return resource_name("datasets", "a data set", given); }
Result<std::string> platform_name(std::string_view given) { return resource_name("platforms", "a platform", given); }
Result<std::string> exploration_name(std::string_view given) {
  return resource_name("explorations", "an exploration", given);
}

Result<std::string> evaluation_name(std::string_view exploration, std::string_view evaluation) {
  RS_ASSIGN(const std::string parent, exploration_name(exploration));
  const std::string prefix = parent + "/evaluations/";
  std::string_view number = evaluation;
  for (const std::string_view lead :
       {std::string_view(prefix), std::string_view("evaluations/"), std::string_view("#")})
    if (number.starts_with(lead)) number.remove_prefix(lead.size());
  const auto index = parse_int(number);
  if (!index || *index < 0)
    return invalid_argument("'{}' is no evaluation of {}; give its number, as `roofscape front {}` shows it",
                            printable(evaluation), parent, id_of(parent));
  return prefix + std::to_string(*index);
}

bool names_evaluation(std::string_view configuration) { return configuration.starts_with("explorations/"); }

std::string id_of(std::string_view name) { return printable(name.substr(name.rfind('/') + 1)); }

std::string id_from_file(std::string_view path) {
  std::string_view stem = path.substr(path.rfind('/') + 1);
  if (const auto dot = stem.rfind('.'); dot != std::string_view::npos && dot > 0) stem = stem.substr(0, dot);
  std::string id;
  for (const char c : stem) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool keeps = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') || lower == '.' || lower == '_';
    if (keeps)
      id += lower;
    else if (!id.empty() && id.back() != '-')
      id += '-';
  }
  while (!id.empty() && (id.front() == '.' || id.front() == '_')) id.erase(0, 1);
  id.resize(std::min<std::size_t>(id.size(), 63));
  while (!id.empty() && id.back() == '-') id.pop_back();
  return is_resource_id(id) ? id : "";
}

}  // namespace roofscape::client
