#include "client/text/calibration_file.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>

#include <vector>

#include "analytics/base/text.h"

namespace roofscape::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

double rounded(double value) { return parse_double(fmt::format("{:.4g}", value)).value_or(value); }

void round_numbers(Message* message);

void round_field(const FieldDescriptor& field, Message* message) {
  const Reflection& reflection = *message->GetReflection();
  const int count = field.is_repeated() ? reflection.FieldSize(*message, &field) : 0;
  const bool is_number = field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated())
    round_numbers(reflection.MutableMessage(message, &field));
  for (int i = 0; i < count && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE; ++i)
    round_numbers(reflection.MutableRepeatedMessage(message, &field, i));
  if (is_number && !field.is_repeated())
    reflection.SetDouble(message, &field, rounded(reflection.GetDouble(*message, &field)));
  for (int i = 0; i < count && is_number; ++i)
    reflection.SetRepeatedDouble(message, &field, i, rounded(reflection.GetRepeatedDouble(*message, &field, i)));
}

void round_numbers(Message* message) {
  std::vector<const FieldDescriptor*> fields;
  message->GetReflection()->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) round_field(*field, message);
}

}  // namespace

std::string calibration_file(v1::Calibration calibration) {
  calibration.clear_built_in();
  round_numbers(&calibration);
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseShortRepeatedPrimitives(true);
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(calibration, &text);
  return "# proto-file: roofscape/v1/calibration.proto\n# proto-message: roofscape.v1.Calibration\n" + text;
}

}  // namespace roofscape::client
