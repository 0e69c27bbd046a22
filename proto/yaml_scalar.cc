#include "proto/yaml_scalar.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/struct.pb.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "analytics/base/text.h"

namespace roofscape {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Value;

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// The value 0 stands for "not given" (X_UNSPECIFIED), which no file may say.
std::vector<std::string> enum_words(const EnumDescriptor& type) {
  std::vector<std::string> words;
  for (int i = 0; i < type.value_count(); ++i)
    if (type.value(i)->number() != 0) words.push_back(lower(type.value(i)->name()));
  return words;
}

template <typename T>
std::optional<T> parse_whole(std::string_view text) {
  T value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <typename T>
std::string whole_wanted() {
  return fmt::format("a whole number from {} to {}", std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
}

Status wrong(const YamlNode& node, const FieldDescriptor& field) {
  if (node.quoted && field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM)
    return invalid_argument("{} is quoted, so it is text; it needs {}, without quotes", describe(node),
                            scalar_wanted(field));
  return invalid_argument("{} is not {}", describe(node), scalar_wanted(field));
}

// Calls the setter that fits: `Set…` of a single field, `Add…` of a repeated one.
#define RS_SET(Type, value)                                                          \
  (field.is_repeated() ? message->GetReflection()->Add##Type(message, &field, value) \
                       : message->GetReflection()->Set##Type(message, &field, value))

template <typename T, typename Set>
Status set_whole(const YamlNode& node, const FieldDescriptor& field, Set set) {
  const std::optional<T> value = node.quoted ? std::nullopt : parse_whole<T>(node.text);
  if (!value) return wrong(node, field);
  set(*value);
  return {};
}

template <typename Set>
Status set_real(const YamlNode& node, const FieldDescriptor& field, double most, Set set) {
  const std::optional<double> value = node.quoted ? std::nullopt : parse_double(node.text);
  if (!value || std::abs(*value) > most) return wrong(node, field);
  set(*value);
  return {};
}

// Text as a field may hold it: what printable() would have to escape has no place in a specification, save line breaks.
Status check_text(const std::string& text) {
  std::string plain = text;
  std::replace_if(
      plain.begin(), plain.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  if (printable(plain, plain.size()) == plain) return {};
  return invalid_argument("'{}' holds a control character or is not UTF-8", printable(text, 60));
}

Status set_enum(const YamlNode& node, const FieldDescriptor& field, Message* message) {
  const EnumDescriptor& type = *field.enum_type();
  for (int i = 0; i < type.value_count(); ++i) {
    const auto* value = type.value(i);
    if (value->number() == 0 || lower(value->name()) != node.text) continue;
    RS_SET(EnumValue, value->number());
    return {};
  }
  return invalid_argument("{} is not {}{}", describe(node), scalar_wanted(field), [&]() -> std::string {
    const auto near = did_you_mean(lower(node.text), enum_words(type));
    return near ? fmt::format("; did you mean '{}'?", *near) : "";
  }());
}

}  // namespace

std::string enum_word(const EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  return value == nullptr ? "" : lower(value->name());
}

std::string scalar_wanted(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return whole_wanted<std::int32_t>();
    case FieldDescriptor::CPPTYPE_INT64: return whole_wanted<std::int64_t>();
    case FieldDescriptor::CPPTYPE_UINT32: return whole_wanted<std::uint32_t>();
    case FieldDescriptor::CPPTYPE_UINT64: return whole_wanted<std::uint64_t>();
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT: return "a finite number like 0.5 or 2e9";
    case FieldDescriptor::CPPTYPE_BOOL: return "true or false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return fmt::format("one of {}", fmt::join(enum_words(*field.enum_type()), ", "));
    case FieldDescriptor::CPPTYPE_STRING: return "text";
    case FieldDescriptor::CPPTYPE_MESSAGE: return "a mapping";
  }
  return "";
}

Status set_scalar(const YamlNode& node, const FieldDescriptor& field, Message* message) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return set_whole<std::int32_t>(node, field, [&](auto value) { RS_SET(Int32, value); });
    case FieldDescriptor::CPPTYPE_INT64:
      return set_whole<std::int64_t>(node, field, [&](auto value) { RS_SET(Int64, value); });
    case FieldDescriptor::CPPTYPE_UINT32:
      return set_whole<std::uint32_t>(node, field, [&](auto value) { RS_SET(UInt32, value); });
    case FieldDescriptor::CPPTYPE_UINT64:
      return set_whole<std::uint64_t>(node, field, [&](auto value) { RS_SET(UInt64, value); });
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return set_real(node, field, std::numeric_limits<double>::max(), [&](double value) { RS_SET(Double, value); });
    case FieldDescriptor::CPPTYPE_FLOAT:
      return set_real(node, field, static_cast<double>(std::numeric_limits<float>::max()),
                      [&](double value) { RS_SET(Float, static_cast<float>(value)); });
    case FieldDescriptor::CPPTYPE_BOOL:
      if (node.quoted || (node.text != "true" && node.text != "false")) return wrong(node, field);
      RS_SET(Bool, node.text == "true");
      return {};
    case FieldDescriptor::CPPTYPE_ENUM: return set_enum(node, field, message);
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return invalid_argument("cannot be given in a file");
      RS_TRY(check_text(node.text));
      RS_SET(String, node.text);
      return {};
    case FieldDescriptor::CPPTYPE_MESSAGE: break;
  }
  return wrong(node, field);
}
#undef RS_SET

Status set_value(const YamlNode& node, Value* value) {
  if (!node.quoted) {
    if (node.text == "true" || node.text == "false") {
      value->set_bool_value(node.text == "true");
      return {};
    }
    if (const auto number = parse_double(node.text)) {
      value->set_number_value(*number);
      return {};
    }
  }
  RS_TRY(check_text(node.text));
  value->set_string_value(node.text);
  return {};
}

}  // namespace roofscape
