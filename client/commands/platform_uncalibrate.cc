#include <google/protobuf/empty.pb.h>

#include "client/commands/commands.h"
#include "client/commands/shared.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_TRY(daemon->delete_calibration());
  if (session.format() == Format::kJson) return print_json(session, google::protobuf::Empty());
  return print(session, "the calibration that ships with Roofscape is in force again\n");
}

}  // namespace

CommandSpec platform_uncalibrate() {
  return {.path = "platform uncalibrate",
          .summary = "forget what was learned from your measurements",
          .examples = {{"roofscape platform uncalibrate"}},
          .run = run};
}

}  // namespace roofscape::client
