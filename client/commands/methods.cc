#include <fmt/format.h>

#include "analytics/base/text.h"
#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/console/table.h"
#include "client/text/json.h"

namespace roofscape::client {
namespace {

std::string fallback_text(const google::protobuf::Value& value) {
  switch (value.kind_case()) {
    case google::protobuf::Value::kNumberValue: return fmt::format("{}", value.number_value());
    case google::protobuf::Value::kStringValue: return printable(value.string_value());
    case google::protobuf::Value::kBoolValue: return value.bool_value() ? "true" : "false";
    default: return "";
  }
}

std::string methods_text(const v1::ListMethodsResponse& methods, const Console& console) {
  std::string text;
  for (const v1::MethodInfo& method : methods.methods()) {
    text += (text.empty() ? "" : "\n") + console.paint(Ink::kAccent, printable(method.id())) + ": " +
            printable(method.summary(), 300) + "\n";
    if (method.knobs().empty()) continue;
    Table table({{"  knob"}, {"values"}, {"default"}, {"meaning", Align::kLeft, true}});
    for (const v1::KnobInfo& knob : method.knobs())
      table.add({"  " + printable(knob.name()), printable(knob.range()), fallback_text(knob.fallback()),
                 printable(knob.text(), 300)});
    text += table.to_text(console);
  }
  return text;
}

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::ListMethodsResponse methods, daemon->list_methods());
  if (session.format() == Format::kJson) return print_json(session, methods);
  return print(session, methods_text(methods, session.console));
}

}  // namespace

CommandSpec methods() {
  return {.path = "methods",
          .summary = "list the approximation methods and their knobs",
          .details = "A method's id is the key under which a rule of an exploration or configuration offers it.",
          .examples = {{"roofscape methods"}},
          .run = run};
}

}  // namespace roofscape::client
