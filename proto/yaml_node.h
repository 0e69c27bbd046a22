// The tree of one YAML document, with the place of every node: what yaml_reader walks.
//
//   RS_ASSIGN(YamlNode root, parse_yaml(text, "a.yaml", {}));
//   root.keys[0].text, root.items[0].line
//
// Built from yaml-cpp's events rather than from its own tree, because only events show anchors, repeated keys and
// depth before memory is spent on them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analytics/base/status.h"
#include "proto/yaml_reader.h"

namespace roofscape {

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMapping };
  Kind kind = Kind::kNull;
  std::string text;     // of a scalar
  bool quoted = false;  // a quoted scalar is text, whatever it looks like
  int line = 1, column = 1;
  std::vector<YamlNode> keys;   // of a mapping: scalars, none repeated
  std::vector<YamlNode> items;  // of a list, or the values of a mapping, one a key
};

// Refuses what YAML has and a specification does not need: anchors, aliases, tags, several documents, keys that are not
// plain words, repeated keys, control characters; and whatever exceeds the limits.
Result<YamlNode> parse_yaml(std::string_view text, std::string_view file_name, const YamlLimits& limits);

// "'conv1'", "a list", "a mapping", "nothing": what stands there, for messages.
std::string describe(const YamlNode& node);

}  // namespace roofscape
