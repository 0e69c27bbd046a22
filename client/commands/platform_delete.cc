#include <google/protobuf/empty.pb.h>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const std::string name, platform_name(session.arguments.text("PLATFORM")));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_TRY(daemon->delete_platform(name));
  if (session.format() == Format::kJson) return print_json(session, google::protobuf::Empty());
  return print(session, "deleted " + name + "\n");
}

}  // namespace

CommandSpec platform_delete() {
  return {.path = "platform delete",
          .summary = "delete an imported platform",
          .options = {platform_argument()},
          .examples = {{"roofscape platform delete my-board"}},
          .run = run};
}

}  // namespace roofscape::client
