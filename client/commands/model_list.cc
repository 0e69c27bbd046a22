#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/model_report.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::ListModelsResponse models,
            daemon->list_models(session.arguments.has("--imported") ? "built_in=false" : ""));
  if (session.format() == Format::kJson) return print_json(session, models);
  return print(session, session.format() == Format::kCsv ? models_csv(models) : models_table(models, session.console));
}

}  // namespace

CommandSpec model_list() {
  return {.path = "model list",
          .summary = "list the models, built in and imported",
          .options = {{.name = "--imported", .text = "Only those that were imported."}},
          .examples = {{"roofscape model list"}, {"roofscape model list --imported --format csv"}},
          .formats = {"table", "json", "csv"},
          .run = run};
}

}  // namespace roofscape::client
