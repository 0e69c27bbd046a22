#include <fmt/format.h>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/commands/watching.h"
#include "client/console/quantity.h"
#include "client/report/exploration_report.h"
#include "client/report/front_report.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<v1::Exploration> create(Session& session) {
  v1::CreateExplorationRequest request;
  RS_ASSIGN(const SpecFile file, SpecFile::read(session.arguments.text("FILE"), request.mutable_spec()));
  request.set_request_id(new_request_id());
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  const Result<v1::Exploration> exploration = daemon->create_exploration(request);
  if (!exploration.ok()) return file.place(exploration.status(), {"spec", ""});
  return exploration;
}

Result<ExitCode> print_front(Session& session, const std::string& name) {
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  v1::GetParetoFrontRequest request;
  request.set_name(name);
  RS_ASSIGN(const v1::GetParetoFrontResponse fronts, daemon->get_pareto_front(request));
  if (session.format() == Format::kJson) return print_json(session, comparable(fronts));
  return print(session, session.format() == Format::kCsv ? front_csv(fronts) : front_table(fronts, session.console));
}

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const v1::Exploration exploration, create(session));
  if (session.arguments.has("--detach")) {
    if (session.format() == Format::kJson) return print_json(session, exploration);
    return print(session, exploration.name() + "\n");
  }
  session.console.note(fmt::format("{}: {} candidates on {} platforms; a space of {}", exploration.name(),
                                   count(exploration.evaluations_wanted()), exploration.spec().platforms_size(),
                                   space_text(exploration)));
  RS_ASSIGN(const ExitCode ended, watch_exploration(session, exploration.name(), false));
  if (ended != ExitCode::kDone) return ended;
  return print_front(session, exploration.name());
}

}  // namespace

CommandSpec explore() {
  return {.path = "explore",
          .summary = "search for the best approximations and print the Pareto fronts",
          .details =
              "The file says what to explore: model, data set, platforms, the space of approximations, objectives "
              "and constraints. Ctrl-C stops watching, not the exploration.",
          .options = {{.name = "FILE", .text = "The exploration (YAML).", .values = Values::kFile, .required = true},
                      {.name = "--detach", .text = "Print the exploration's name and do not wait for its end."}},
          .examples = {{"roofscape explore exploration.yaml"},
                       {"roofscape explore exploration.yaml --detach && roofscape exploration list"}},
          .formats = {"table", "json", "csv"},
          .run = run};
}

}  // namespace roofscape::client
