#include <google/protobuf/empty.pb.h>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const std::string name, dataset_name(session.arguments.text("DATASET")));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_TRY(daemon->delete_dataset(name));
  if (session.format() == Format::kJson) return print_json(session, google::protobuf::Empty());
  return print(session, "deleted " + name + "\n");
}

}  // namespace

CommandSpec dataset_delete() {
  return {.path = "dataset delete",
          .summary = "delete a data set that no exploration uses",
          .options = {dataset_argument()},
          .examples = {{"roofscape dataset delete fashion"}},
          .run = run};
}

}  // namespace roofscape::client
