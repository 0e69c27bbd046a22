#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/commands/watching.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const std::string name, exploration_name(session.arguments.text("EXPLORATION")));
  RS_ASSIGN(const std::int64_t after, session.arguments.integer("--after", 0, 0, INT64_MAX));
  return watch_exploration(session, name, session.format() == Format::kJson, after);
}

}  // namespace

CommandSpec exploration_watch() {
  return {.path = "exploration watch",
          .summary = "follow an exploration until it ends",
          .details = "With --format json, every event is one line. A server that goes away is waited for.",
          .options = {exploration_argument(),
                      {.name = "--after", .value = "N", .text = "Only events after the one with this number."}},
          .examples = {{"roofscape exploration watch e1"},
                       {"roofscape exploration watch e1 --format json", "one event a line"}},
          .run = run};
}

}  // namespace roofscape::client
