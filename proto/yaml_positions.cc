#include <fmt/format.h>

#include "analytics/base/text.h"
#include "proto/yaml_reader.h"

namespace roofscape {

std::string YamlPositions::locate(std::string_view path) const {
  while (!path.empty()) {
    if (const auto found = places_.find(path); found != places_.end())
      return fmt::format("{}:{}:{}", printable(file_, 400), found->second.line, found->second.column);
    const auto cut = path.find_last_of(".[");
    path = path.substr(0, cut == std::string_view::npos ? 0 : cut);
  }
  return printable(file_, 400);
}

Status YamlPositions::place(const Status& status) const {
  if (status.ok() || status.field().empty()) return status;
  return Status(status.code(), status.message()).in(locate(status.field())).at(status.field());
}

}  // namespace roofscape
