#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/dataset_report.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const std::string name, dataset_name(session.arguments.text("DATASET")));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::Dataset dataset, daemon->get_dataset(name));
  if (session.format() == Format::kJson) return print_json(session, dataset);
  return print(session, dataset_text(dataset, session.console));
}

}  // namespace

CommandSpec dataset_show() {
  return {.path = "dataset show",
          .summary = "describe a data set",
          .options = {dataset_argument()},
          .examples = {{"roofscape dataset show fashion"}},
          .run = run};
}

}  // namespace roofscape::client
