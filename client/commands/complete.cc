#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/rpc/connect.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<std::string> stored_names(const std::string& kind) {
  const std::string address = rpc::running_server();
  if (address.empty()) return std::string();
  rpc::Daemon daemon(address);
  RS_TRY(daemon.reach(1));
  std::string names;
  const auto add = [&names](const std::string& name) { names += id_of(name) + "\n"; };
  if (kind == "models") {
    RS_ASSIGN(const v1::ListModelsResponse all, daemon.list_models());
    for (const auto& model : all.models()) add(model.name());
  } else if (kind == "datasets") {
    RS_ASSIGN(const v1::ListDatasetsResponse all, daemon.list_datasets());
    for (const auto& dataset : all.datasets()) add(dataset.name());
  } else if (kind == "platforms") {
    RS_ASSIGN(const v1::ListPlatformsResponse all, daemon.list_platforms());
    for (const auto& platform : all.platforms()) add(platform.name());
  } else {
    RS_ASSIGN(const v1::ListExplorationsResponse all, daemon.list_explorations());
    for (const auto& exploration : all.explorations()) add(exploration.name());
  }
  return names;
}

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const std::string names, stored_names(session.arguments.text("KIND")));
  return print(session, names);
}

}  // namespace

// For the completion script: names on the running server, none where there is none.
CommandSpec complete() {
  return {.path = "complete",
          .summary = "list stored names for completion, from a server that runs",
          .options = {{.name = "KIND",
                       .text = "What to list.",
                       .values = Values::kChoice,
                       .choices = {"models", "datasets", "platforms", "explorations"},
                       .required = true}},
          .examples = {{"roofscape complete models"}},
          .formats = {},
          .needs_server = false,
          .hidden = true,
          .run = run};
}

}  // namespace roofscape::client
