#include "client/run.h"

#include <fmt/format.h>

#include <exception>

#include "client/commands/commands.h"
#include "client/help.h"
#include "client/parse.h"
#include "client/session.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run_invocation(const Invocation& call, Console& console) {
  if (call.version) {
    console.out << "roofscape " << ROOFSCAPE_VERSION << '\n';
    return ExitCode::kDone;
  }
  if (call.help) {
    console.out << (call.command == nullptr ? overview(commands(), call.topic) : help_of(*call.command));
    return ExitCode::kDone;
  }
  Session session(call.arguments, console);
  return call.command->run(session);
}

Result<ExitCode> run_words(const std::vector<std::string>& words, Console& console) {
  RS_ASSIGN(const Invocation call, parse(words, commands()));
  RS_ASSIGN(const ExitCode code, run_invocation(call, console));
  console.out.flush();
  if (!console.out) return resource_exhausted("cannot write to standard output: is the disk full?");
  return code;
}

// One line, whatever a server says.
std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text;
}

}  // namespace

int run(const std::vector<std::string>& words, Console& console) {
  Status status;
  try {
    const Result<ExitCode> code = run_words(words, console);
    if (code.ok()) return static_cast<int>(*code);
    status = code.status();
  } catch (const std::exception& error) {  // a fault of ours, or memory
    status = internal_error("roofscape itself failed: {}", error.what());
  }
  console.err << "roofscape: " << one_line(status.message()) << '\n' << std::flush;
  return static_cast<int>(exit_code(status));
}

}  // namespace roofscape::client
