#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/model_report.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::ListModelsResponse models, daemon->list_models());
  if (session.format() == Format::kJson) return print_json(session, models);
  return print(session, session.format() == Format::kCsv ? models_csv(models) : models_table(models, session.console));
}

}  // namespace

CommandSpec model_list() {
  return {.path = "model list",
          .summary = "list the stored models",
          .examples = {{"roofscape model list"}},
          .formats = {"table", "json", "csv"},
          .run = run};
}

}  // namespace roofscape::client
