#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/dataset_report.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::ListDatasetsResponse datasets, daemon->list_datasets());
  if (session.format() == Format::kJson) return print_json(session, datasets);
  return print(session,
               session.format() == Format::kCsv ? datasets_csv(datasets) : datasets_table(datasets, session.console));
}

}  // namespace

CommandSpec dataset_list() {
  return {.path = "dataset list",
          .summary = "list the stored data sets",
          .examples = {{"roofscape dataset list"}},
          .formats = {"table", "json", "csv"},
          .run = run};
}

}  // namespace roofscape::client
