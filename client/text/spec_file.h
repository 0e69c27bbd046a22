// YAML files that people write, read onto the schema; errors of the server find their way back to line and column.
//
//   v1::ExplorationSpec spec;
//   RS_ASSIGN(SpecFile file, SpecFile::read("exploration.yaml", &spec));
//   …
//   return file.place(status, {"spec"});     // "spec.space[1].op" → "exploration.yaml:9:5: …"
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "analytics/base/status.h"
#include "proto/yaml_reader.h"

namespace google::protobuf {
class Message;
}

namespace roofscape::client {

class SpecFile {
 public:
  static Result<SpecFile> read(const std::string& path, google::protobuf::Message* message);
  // The status at its place in this file if its field lies under one of `roots` (or in the message itself, for "").
  Status place(const Status& status, std::initializer_list<std::string_view> roots) const;

 private:
  YamlPositions positions_;
};

}  // namespace roofscape::client
