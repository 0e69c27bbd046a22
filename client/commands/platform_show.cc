#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/platform_report.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const std::string name, platform_name(session.arguments.text("PLATFORM")));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::Platform platform, daemon->get_platform(name));
  if (session.format() == Format::kJson) return print_json(session, platform);
  return print(session, platform_text(platform, session.console));
}

}  // namespace

CommandSpec platform_show() {
  return {.path = "platform show",
          .summary = "show a platform's figures, each with its source",
          .options = {platform_argument()},
          .examples = {{"roofscape platform show raspberry-pi-4"}},
          .run = run};
}

}  // namespace roofscape::client
