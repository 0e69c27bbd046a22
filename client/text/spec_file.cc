#include "client/text/spec_file.h"

#include "analytics/base/text.h"
#include "client/text/files.h"

namespace roofscape::client {

Result<SpecFile> SpecFile::read(const std::string& path, google::protobuf::Message* message) {
  RS_ASSIGN(const std::string text, read_text_file(path, YamlLimits().bytes));
  SpecFile file;
  RS_ASSIGN(file.positions_, read_yaml(text, path, message));
  return file;
}

Status SpecFile::place(const Status& status, std::initializer_list<std::string_view> roots) const {
  if (status.ok() || status.field().empty()) return status;
  for (const std::string_view root : roots) {
    std::string_view field = status.field();
    if (!root.empty()) {
      if (!field.starts_with(root)) continue;
      field.remove_prefix(root.size());
      if (!field.empty() && field[0] != '.') continue;
      if (!field.empty()) field.remove_prefix(1);
    }
    return positions_.place(Status(status.code(), status.message()).at(std::string(field)));
  }
  return status;
}

}  // namespace roofscape::client
