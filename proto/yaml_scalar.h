// One YAML scalar onto one protobuf field: the only place that knows how numbers, truth values, enums and text are
// written.
#pragma once

#include <string>

#include "analytics/base/status.h"
#include "proto/yaml_node.h"

namespace google::protobuf {
class FieldDescriptor;
class EnumDescriptor;
class Message;
class Value;
}  // namespace google::protobuf

namespace roofscape {

// "a whole number from 0 to 4294967295", "one of cpu, gpu": what the field takes.
std::string scalar_wanted(const google::protobuf::FieldDescriptor& field);
// Sets a single field or appends to a repeated one. The message says what is there and what would be right; the caller
// puts the key's name before it.
Status set_scalar(const YamlNode& node, const google::protobuf::FieldDescriptor& field,
                  google::protobuf::Message* message);
// A free-form scalar: a number, true or false where it is not quoted and looks like one, otherwise text.
Status set_value(const YamlNode& node, google::protobuf::Value* value);
// Name of an enum's value as files write it: "RECALLED" → "recalled". Empty for a number that has none.
std::string enum_word(const google::protobuf::EnumDescriptor& type, int number);

}  // namespace roofscape
