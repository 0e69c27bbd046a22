#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/model_report.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const std::string name, model_name(session.arguments.text("MODEL")));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::Model model, daemon->get_model(name));
  if (session.format() == Format::kJson) return print_json(session, model);
  return print(session, session.format() == Format::kCsv ? layers_csv(model) : model_text(model, session.console));
}

}  // namespace

CommandSpec model_show() {
  return {.path = "model show",
          .summary = "describe a model layer by layer: operations, shapes, work, weights, formats",
          .options = {model_argument()},
          .examples = {{"roofscape model show lenet5"}},
          .formats = {"table", "json", "csv"},
          .run = run};
}

}  // namespace roofscape::client
