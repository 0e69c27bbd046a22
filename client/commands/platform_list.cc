#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/platform_report.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::ListPlatformsResponse platforms, daemon->list_platforms());
  if (session.format() == Format::kJson) return print_json(session, platforms);
  return print(session, session.format() == Format::kCsv ? platforms_csv(platforms)
                                                         : platforms_table(platforms, session.console));
}

}  // namespace

CommandSpec platform_list() {
  return {.path = "platform list",
          .summary = "list the platforms, built in and imported",
          .examples = {{"roofscape platform list"}},
          .formats = {"table", "json", "csv"},
          .run = run};
}

}  // namespace roofscape::client
