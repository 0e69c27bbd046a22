#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/exploration_report.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const std::string name, exploration_name(session.arguments.text("EXPLORATION")));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::Exploration exploration, daemon->pause_exploration(name));
  if (session.format() == Format::kJson) return print_json(session, exploration);
  return print(session, name + " is " + state_text(exploration.state()) + "\n");
}

}  // namespace

CommandSpec exploration_pause() {
  return {.path = "exploration pause",
          .summary = "stop an exploration until it is resumed",
          .options = {exploration_argument()},
          .examples = {{"roofscape exploration pause e1"}},
          .run = run};
}

}  // namespace roofscape::client
