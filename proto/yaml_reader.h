// Reads a YAML (or JSON) file onto a protobuf message by reflection: the schema is the proto, and nothing else.
//
//   v1::ExplorationSpec spec;
//   RS_ASSIGN(YamlPositions where, read_yaml(text, "exploration.yaml", &spec));
//   …
//   where.locate("space[1].integer.weight_bits[2]")   // "exploration.yaml:9:30"
//
// Strict: an unknown key ("did you mean 'weight_bits'?"), a repeated key, a wrong type, an enum value that does not
// exist, a missing field that the schema requires, an alias, anchor or tag, or a second document is an error that
// begins with file:line:column. Enum values are written in lower case ("cpu"); a number or truth value for a field that
// wants one stands without quotes. A repeated field takes a list or one value. A map field with the option inline_keys
// takes the keys that name no field, and its own name stands in no path. Figures (see platform.proto) are mappings
// {value, source, provenance}. A duration or size is a plain number in the unit of its field's name. Fields of type
// bytes cannot be given.
//
// read_yaml adds to `message`, as protobuf's own parsers do; give it an empty one. After an error it is half filled.
//
// Depth, size and number of nodes are bounded, so no file can exhaust the reader.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "analytics/base/status.h"

namespace google::protobuf {
class Message;
}

namespace roofscape {

// Where each value stood in the file, by field path. A value that begins on a later line than its key (a block mapping
// or list) stands where its key does.
class YamlPositions {
 public:
  struct Place {
    int line = 0, column = 0;  // from 1
  };
  explicit YamlPositions(std::string file = "") : file_(std::move(file)) {}
  void set(std::string path, Place place) { places_[std::move(path)] = place; }
  // "file:line:column" of the path, or of the nearest enclosing one that the file gives; the file's name alone if none.
  std::string locate(std::string_view path) const;
  // The status with its field path turned into a place: "exploration.yaml:9:30: weight_bits is 17; use 2 to 16".
  // Returned as it is where it has no field.
  Status place(const Status& status) const;

 private:
  std::string file_;
  std::map<std::string, Place, std::less<>> places_;
};

struct YamlLimits {
  std::size_t bytes = std::size_t{1} << 20;
  int depth = 32;
  int nodes = 100'000;
};

Result<YamlPositions> read_yaml(std::string_view text, std::string_view file_name, google::protobuf::Message* message,
                                const YamlLimits& limits = {});
// Writes a message so that read_yaml reads it back (set fields only, maps by key): for `platform probe -o`.
std::string write_yaml(const google::protobuf::Message& message);

}  // namespace roofscape
