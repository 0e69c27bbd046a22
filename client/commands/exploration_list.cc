#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/exploration_report.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::ListExplorationsResponse explorations, daemon->list_explorations());
  if (session.format() == Format::kJson) return print_json(session, explorations);
  return print(session, session.format() == Format::kCsv ? explorations_csv(explorations)
                                                         : explorations_table(explorations, session.console));
}

}  // namespace

CommandSpec exploration_list() {
  return {.path = "exploration list",
          .summary = "list the explorations, newest first",
          .examples = {{"roofscape exploration list"}},
          .formats = {"table", "json", "csv"},
          .run = run};
}

}  // namespace roofscape::client
