#include "proto/yaml_reader.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>

#include <algorithm>

#include "analytics/base/text.h"
#include "proto/yaml_node.h"
#include "proto/yaml_scalar.h"
#include "roofscape/v1/options.pb.h"

namespace roofscape {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::ListValue;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Value;

bool is_inline(const FieldDescriptor& field) { return field.options().GetExtension(v1::inline_keys); }
bool is_required(const FieldDescriptor& field) { return field.options().GetExtension(v1::required_in_yaml); }

const FieldDescriptor* inline_field(const Descriptor& type) {
  for (int i = 0; i < type.field_count(); ++i)
    if (type.field(i)->is_map() && is_inline(*type.field(i))) return type.field(i);
  return nullptr;
}

// Keys that a person may write in a mapping of this type.
std::vector<std::string> known_keys(const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i)
    if (!is_inline(*type.field(i))) names.push_back(type.field(i)->name());
  return names;
}

std::string join(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}
std::string element(const std::string& path, int index) { return fmt::format("{}[{}]", path, index); }

// Fills messages from nodes by reflection.
class Reader {
 public:
  Reader(std::string_view file_name, YamlPositions* positions)
      : file_(printable(file_name, 400)), positions_(*positions) {}

  Status read_message(const YamlNode& node, const std::string& path, Message* message) {
    if (message->GetDescriptor() == Value::descriptor())
      return read_value(node, path, google::protobuf::DynamicCastToGenerated<Value>(message));
    if (message->GetDescriptor() == ListValue::descriptor())
      return read_list_value(node, path, google::protobuf::DynamicCastToGenerated<ListValue>(message));
    const Descriptor& type = *message->GetDescriptor();
    if (node.kind != YamlNode::Kind::kMapping)
      return fail(node, path,
                  invalid_argument("{} is {}; it needs a mapping{}", subject(path), describe(node), keys_hint(type)));
    const FieldDescriptor* inlined = inline_field(type);
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const YamlNode& key = node.keys[i];
      const FieldDescriptor* field = type.FindFieldByName(key.text);
      if (field != nullptr && is_inline(*field)) field = nullptr;
      if (field == nullptr && inlined == nullptr)
        return fail(
            key, path,
            invalid_argument("unknown key '{}'{}", printable(key.text), suggestion(key.text, known_keys(type))));
      const std::string below = join(path, key.text);
      note_place(key, node.items[i], below);
      if (field == nullptr) {
        RS_TRY(read_map_entry(key, node.items[i], below, *inlined, message));
      } else {
        RS_TRY(read_field(key, node.items[i], below, *field, message));
      }
    }
    return check_required(node, path, *message);
  }

 private:
  Status fail(const YamlNode& node, const std::string& path, Status status) const {
    return std::move(status).in(fmt::format("{}:{}:{}", file_, node.line, node.column)).at(path);
  }

  // How messages call what stands at `path`.
  static std::string subject(const std::string& path) {
    return path.empty() ? "the file" : printable(path.substr(path.rfind('.') + 1));
  }

  static std::string keys_hint(const Descriptor& type) {
    const std::vector<std::string> keys = known_keys(type);
    return keys.empty() ? "" : fmt::format(" of {}", fmt::join(keys, ", "));
  }

  void note_place(const YamlNode& key, const YamlNode& value, const std::string& path) {
    const YamlNode& at = value.line == key.line && value.kind != YamlNode::Kind::kNull ? value : key;
    positions_.set(path, {at.line, at.column});
  }

  Status check_required(const YamlNode& node, const std::string& path, const Message& message) const {
    const Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (!is_required(field)) continue;
      const auto given = std::find_if(node.keys.begin(), node.keys.end(),
                                      [&](const YamlNode& key) { return key.text == field.name(); });
      if (given == node.keys.end())
        return fail(node, join(path, field.name()),
                    invalid_argument("{} has no '{}', which it needs", subject(path), field.name()));
      if (field.is_repeated() && message.GetReflection()->FieldSize(message, &field) == 0)
        return fail(*given, join(path, field.name()), invalid_argument("{} is empty; give at least one", field.name()));
    }
    return {};
  }

  Status read_field(const YamlNode& key, const YamlNode& node, const std::string& path, const FieldDescriptor& field,
                    Message* message) {
    if (node.kind == YamlNode::Kind::kNull)
      return fail(key, path, invalid_argument("{} has no value; give one or leave the key out", subject(path)));
    if (field.real_containing_oneof() != nullptr &&
        message->GetReflection()->HasOneof(*message, field.real_containing_oneof()))
      return fail(key, path,
                  invalid_argument("{} cannot stand beside another key of '{}'", subject(path),
                                   field.real_containing_oneof()->name()));
    if (field.is_map()) return read_map(node, path, field, message);
    if (!field.is_repeated()) return read_single(node, path, field, message);
    if (node.kind != YamlNode::Kind::kList) {
      positions_.set(element(path, 0), {node.line, node.column});
      return read_single(node, element(path, 0), field, message);
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const std::string below = element(path, static_cast<int>(i));
      positions_.set(below, {node.items[i].line, node.items[i].column});
      RS_TRY(read_single(node.items[i], below, field, message));
    }
    return {};
  }

  // One value into a single field, or appended to a repeated one.
  Status read_single(const YamlNode& node, const std::string& path, const FieldDescriptor& field, Message* message) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const Reflection& reflection = *message->GetReflection();
      return read_message(
          node, path,
          field.is_repeated() ? reflection.AddMessage(message, &field) : reflection.MutableMessage(message, &field));
    }
    if (node.kind != YamlNode::Kind::kScalar)
      return fail(node, path,
                  invalid_argument("{} is {}; it needs {}", subject(path), describe(node), scalar_wanted(field)));
    if (Status status = set_scalar(node, field, message); !status.ok())
      return fail(node, path, std::move(status).in(subject(path)));
    return {};
  }

  Status read_map(const YamlNode& node, const std::string& path, const FieldDescriptor& field, Message* message) {
    if (node.kind != YamlNode::Kind::kMapping)
      return fail(node, path, invalid_argument("{} is {}; it needs a mapping", subject(path), describe(node)));
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const std::string below = join(path, node.keys[i].text);
      note_place(node.keys[i], node.items[i], below);
      RS_TRY(read_map_entry(node.keys[i], node.items[i], below, field, message));
    }
    return {};
  }

  Status read_map_entry(const YamlNode& key, const YamlNode& node, const std::string& path,
                        const FieldDescriptor& field, Message* message) {
    if (node.kind == YamlNode::Kind::kNull && field.message_type()->map_value()->message_type() != Value::descriptor())
      return fail(key, path, invalid_argument("{} has no value; give one or leave the key out", subject(path)));
    Message* entry = message->GetReflection()->AddMessage(message, &field);
    const Descriptor& type = *field.message_type();
    if (Status status = set_scalar(key, *type.map_key(), entry); !status.ok())
      return fail(key, path, std::move(status).in("key"));
    Status status = read_single(node, path, *type.map_value(), entry);
    if (status.ok() || !is_inline(field)) return status;
    // What was meant for a field but misspelt lands among the inline keys: say so.
    const std::vector<std::string> fields = known_keys(*message->GetDescriptor());
    const auto meant = did_you_mean(key.text, fields);
    if (!meant) return status;
    return Status(status.code(), fmt::format("{}; or did you mean '{}'?", status.message(), *meant)).at(path);
  }

  // A list, or one value without brackets.
  Status read_list_value(const YamlNode& node, const std::string& path, ListValue* list) {
    if (node.kind == YamlNode::Kind::kMapping)
      return fail(node, path, invalid_argument("{} is a mapping; it needs a value or a list of values", subject(path)));
    if (node.kind != YamlNode::Kind::kList) {
      positions_.set(element(path, 0), {node.line, node.column});
      return read_value(node, element(path, 0), list->add_values());
    }
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      const std::string below = element(path, static_cast<int>(i));
      positions_.set(below, {node.items[i].line, node.items[i].column});
      RS_TRY(read_value(node.items[i], below, list->add_values()));
    }
    return {};
  }

  // Values inside a free-form value have no places of their own: its depth is the writer's, and so would be theirs.
  Status read_value(const YamlNode& node, const std::string& path, Value* value) {
    switch (node.kind) {
      case YamlNode::Kind::kNull:
        return fail(node, path, invalid_argument("{} is empty; give a number, a word or true or false", subject(path)));
      case YamlNode::Kind::kScalar:
        if (Status status = set_value(node, value); !status.ok())
          return fail(node, path, std::move(status).in(subject(path)));
        return {};
      case YamlNode::Kind::kList:
        value->mutable_list_value();
        for (const YamlNode& item : node.items)
          RS_TRY(read_value(item, path, value->mutable_list_value()->add_values()));
        return {};
      case YamlNode::Kind::kMapping:
        value->mutable_struct_value();
        for (std::size_t i = 0; i < node.items.size(); ++i) {
          RS_TRY(
              read_value(node.items[i], path, &(*value->mutable_struct_value()->mutable_fields())[node.keys[i].text]));
        }
        return {};
    }
    return {};
  }

  std::string file_;
  YamlPositions& positions_;
};

}  // namespace

Result<YamlPositions> read_yaml(std::string_view text, std::string_view file_name, Message* message,
                                const YamlLimits& limits) {
  RS_ASSIGN(const YamlNode root, parse_yaml(text, file_name, limits));
  YamlPositions positions{std::string(file_name)};
  RS_TRY(Reader(file_name, &positions).read_message(root, "", message));
  return positions;
}

}  // namespace roofscape
