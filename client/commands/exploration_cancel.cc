#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/exploration_report.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const std::string name, exploration_name(session.arguments.text("EXPLORATION")));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::Exploration exploration, daemon->cancel_exploration(name));
  if (session.format() == Format::kJson) return print_json(session, exploration);
  return print(session, name + " is " + state_text(exploration.state()) + "\n");
}

}  // namespace

CommandSpec exploration_cancel() {
  return {.path = "exploration cancel",
          .summary = "stop an exploration for good; what was measured stays",
          .options = {exploration_argument()},
          .examples = {{"roofscape exploration cancel e1"}},
          .run = run};
}

}  // namespace roofscape::client
