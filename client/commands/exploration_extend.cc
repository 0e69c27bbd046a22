#include <fmt/format.h>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/console/quantity.h"
#include "client/report/exploration_report.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  v1::ExtendExplorationRequest request;
  RS_ASSIGN(*request.mutable_name(), exploration_name(session.arguments.text("EXPLORATION")));
  RS_ASSIGN(const std::int64_t evaluations, session.arguments.integer("--evaluations", 0, 1, 1'000'000'000));
  request.set_evaluations(evaluations);
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::Exploration exploration, daemon->extend_exploration(request));
  if (session.format() == Format::kJson) return print_json(session, exploration);
  return print(session,
               fmt::format("{} is {}: {} of {} candidates measured\n", request.name(), state_text(exploration.state()),
                           count(exploration.evaluation_count()), count(exploration.evaluations_wanted())));
}

}  // namespace

CommandSpec exploration_extend() {
  return {.path = "exploration extend",
          .summary = "let an exploration measure more candidates",
          .options = {exploration_argument(),
                      {.name = "--evaluations", .value = "N", .text = "So many more.", .required = true}},
          .examples = {{"roofscape exploration extend e1 --evaluations 100"}},
          .run = run};
}

}  // namespace roofscape::client
