#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>

#include <map>

#include "analytics/base/lower_case.h"
#include "analytics/base/text.h"
#include "proto/yaml_reader.h"
#include "proto/yaml_scalar.h"
#include "roofscape/v1/options.pb.h"

namespace roofscape {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::ListValue;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Value;

// Words that need no quotes wherever they stand; everything else is quoted.
bool is_plain_word(const std::string& text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (text.empty() || !letter(text[0]) || parse_double(text)) return false;
  for (const char c : text)
    if (!letter(c) && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '.') return false;
  const std::string lowered = lower_case(text);
  return lowered != "true" && lowered != "false" && lowered != "null" && lowered != "yes" && lowered != "no" &&
         lowered != "on" && lowered != "off";
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += fmt::format("\\{}", c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string word(const std::string& text) { return is_plain_word(text) ? text : quoted(text); }

std::string flow(const Value& value);
std::string flow(const ListValue& list) {
  std::vector<std::string> items;
  for (const Value& value : list.values()) items.push_back(flow(value));
  return fmt::format("[{}]", fmt::join(items, ", "));
}
std::string flow(const Value& value) {
  switch (value.kind_case()) {
    case Value::kNumberValue: return fmt::format("{}", value.number_value());
    case Value::kBoolValue: return value.bool_value() ? "true" : "false";
    case Value::kListValue: return flow(value.list_value());
    case Value::kStructValue: {
      std::vector<std::string> items;
      const auto& fields = value.struct_value().fields();
      for (const auto& [key, item] : std::map<std::string, Value>(fields.begin(), fields.end()))
        items.push_back(fmt::format("{}: {}", word(key), flow(item)));
      return fmt::format("{{{}}}", fmt::join(items, ", "));
    }
    default: return word(value.string_value());
  }
}

// One scalar of a field; `index` < 0 for a single one.
std::string scalar(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
#define RS_GET(Type) \
  (index < 0 ? reflection.Get##Type(message, &field) : reflection.GetRepeated##Type(message, &field, index))
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return fmt::format("{}", RS_GET(Int32));
    case FieldDescriptor::CPPTYPE_INT64: return fmt::format("{}", RS_GET(Int64));
    case FieldDescriptor::CPPTYPE_UINT32: return fmt::format("{}", RS_GET(UInt32));
    case FieldDescriptor::CPPTYPE_UINT64: return fmt::format("{}", RS_GET(UInt64));
    case FieldDescriptor::CPPTYPE_DOUBLE: return fmt::format("{}", RS_GET(Double));
    case FieldDescriptor::CPPTYPE_FLOAT: return fmt::format("{}", RS_GET(Float));
    case FieldDescriptor::CPPTYPE_BOOL: return RS_GET(Bool) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM: return word(enum_word(*field.enum_type(), RS_GET(EnumValue)));
    case FieldDescriptor::CPPTYPE_STRING: return word(RS_GET(String));
    case FieldDescriptor::CPPTYPE_MESSAGE: break;
  }
#undef RS_GET
  return "";
}

class Writer {
 public:
  // Appends the fields of `message`, each on a line of its own that begins with `indent`.
  void write_fields(const Message& message, const std::string& indent) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) write_field(message, *field, indent);
  }
  std::string take() { return std::move(out_); }

 private:
  void write_field(const Message& message, const FieldDescriptor& field, const std::string& indent) {
    if (field.type() == FieldDescriptor::TYPE_BYTES) return;
    const Reflection& reflection = *message.GetReflection();
    if (field.is_map()) return write_map(message, field, indent);
    if (field.is_repeated() && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      out_ += fmt::format("{}{}:\n", indent, field.name());
      for (int i = 0; i < reflection.FieldSize(message, &field); ++i)
        write_item(reflection.GetRepeatedMessage(message, &field, i), indent + "  ");
    } else if (field.is_repeated()) {
      std::vector<std::string> items;
      for (int i = 0; i < reflection.FieldSize(message, &field); ++i) items.push_back(scalar(message, field, i));
      out_ += fmt::format("{}{}: [{}]\n", indent, field.name(), fmt::join(items, ", "));
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      write_message(field.name(), reflection.GetMessage(message, &field), indent);
    } else {
      out_ += fmt::format("{}{}: {}\n", indent, field.name(), scalar(message, field, -1));
    }
  }

  // "key: …": in one line where it is a free value or holds nothing but scalars (a figure).
  void write_message(const std::string& key, const Message& message, const std::string& indent) {
    if (const auto* value = google::protobuf::DynamicCastToGenerated<Value>(&message)) {
      out_ += fmt::format("{}{}: {}\n", indent, key, flow(*value));
    } else if (const auto* list = google::protobuf::DynamicCastToGenerated<ListValue>(&message)) {
      out_ += fmt::format("{}{}: {}\n", indent, key, flow(*list));
    } else if (holds_scalars_only(message)) {
      out_ += fmt::format("{}{}: {}\n", indent, key, flow_message(message));
    } else {
      out_ += fmt::format("{}{}:\n", indent, key);
      write_fields(message, indent + "  ");
    }
  }

  // "- first: …\n  second: …": the dash takes the place of the first line's indent.
  void write_item(const Message& message, const std::string& indent) {
    if (const auto* value = google::protobuf::DynamicCastToGenerated<Value>(&message)) {
      out_ += fmt::format("{}- {}\n", indent, flow(*value));
      return;
    }
    const std::size_t start = out_.size();
    write_fields(message, indent + "  ");
    if (out_.size() == start) {
      out_ += indent + "- {}\n";
    } else {
      out_[start + indent.size()] = '-';
    }
  }

  void write_map(const Message& message, const FieldDescriptor& field, std::string indent) {
    const Reflection& reflection = *message.GetReflection();
    if (!field.options().GetExtension(v1::inline_keys)) {
      out_ += fmt::format("{}{}:\n", indent, field.name());
      indent += "  ";
    }
    std::map<std::string, const Message*> entries;
    const FieldDescriptor& key = *field.message_type()->map_key();
    const FieldDescriptor& value = *field.message_type()->map_value();
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      const Message& entry = reflection.GetRepeatedMessage(message, &field, i);
      entries[scalar(entry, key, -1)] = &entry;
    }
    for (const auto& [name, entry] : entries) {
      if (value.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        write_message(name, entry->GetReflection()->GetMessage(*entry, &value), indent);
      } else {
        out_ += fmt::format("{}{}: {}\n", indent, name, scalar(*entry, value, -1));
      }
    }
  }

  static bool holds_scalars_only(const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    return std::none_of(fields.begin(), fields.end(), [](const FieldDescriptor* field) {
      return field->is_repeated() || field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    });
  }
  static std::string flow_message(const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    std::vector<std::string> items;
    for (const FieldDescriptor* field : fields)
      if (field->type() != FieldDescriptor::TYPE_BYTES)
        items.push_back(fmt::format("{}: {}", field->name(), scalar(message, *field, -1)));
    return fmt::format("{{{}}}", fmt::join(items, ", "));
  }

  std::string out_;
};

}  // namespace

std::string write_yaml(const Message& message) {
  Writer writer;
  writer.write_fields(message, "");
  return writer.take();
}

}  // namespace roofscape
