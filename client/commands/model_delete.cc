#include <google/protobuf/empty.pb.h>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const std::string name, model_name(session.arguments.text("MODEL")));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_TRY(daemon->delete_model(name));
  if (session.format() == Format::kJson) return print_json(session, google::protobuf::Empty());
  return print(session, "deleted " + name + "\n");
}

}  // namespace

CommandSpec model_delete() {
  return {.path = "model delete",
          .summary = "delete a model that no exploration uses",
          .options = {model_argument()},
          .examples = {{"roofscape model delete lenet5"}},
          .run = run};
}

}  // namespace roofscape::client
