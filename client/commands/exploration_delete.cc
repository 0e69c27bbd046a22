#include <google/protobuf/empty.pb.h>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const std::string name, exploration_name(session.arguments.text("EXPLORATION")));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_TRY(daemon->delete_exploration(name));
  if (session.format() == Format::kJson) return print_json(session, google::protobuf::Empty());
  return print(session, "deleted " + name + "\n");
}

}  // namespace

CommandSpec exploration_delete() {
  return {.path = "exploration delete",
          .summary = "delete an exploration that has ended, with its evaluations",
          .options = {exploration_argument()},
          .examples = {{"roofscape exploration delete e1"}},
          .run = run};
}

}  // namespace roofscape::client
