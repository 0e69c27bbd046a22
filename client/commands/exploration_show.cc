#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/exploration_report.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const std::string name, exploration_name(session.arguments.text("EXPLORATION")));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::Exploration exploration, daemon->get_exploration(name));
  if (session.format() == Format::kJson) return print_json(session, exploration);
  return print(session, exploration_text(exploration, session.console));
}

}  // namespace

CommandSpec exploration_show() {
  return {.path = "exploration show",
          .summary = "show what an exploration looks for and where it stands",
          .options = {exploration_argument()},
          .examples = {{"roofscape exploration show e1"}},
          .run = run};
}

}  // namespace roofscape::client
