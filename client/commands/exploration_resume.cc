#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/exploration_report.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const std::string name, exploration_name(session.arguments.text("EXPLORATION")));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::Exploration exploration, daemon->resume_exploration(name));
  if (session.format() == Format::kJson) return print_json(session, exploration);
  return print(session, name + " is " + state_text(exploration.state()) + "\n");
}

}  // namespace

CommandSpec exploration_resume() {
  return {.path = "exploration resume",
          .summary = "go on with a paused or failed exploration",
          .options = {exploration_argument()},
          .examples = {{"roofscape exploration resume e1"}},
          .run = run};
}

}  // namespace roofscape::client
