#include <climits>

#include "analytics/base/text.h"
#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/evaluations_report.h"
#include "client/report/front_report.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Status check_platform(const EvaluationList& list) {
  if (list.platform.empty() || list.evaluations.evaluations().empty()) return {};
  const v1::Evaluation& first = list.evaluations.evaluations(0);
  if (estimate_on(first, list.platform) != nullptr) return {};
  std::vector<std::string> known;
  for (const v1::Estimate& estimate : first.estimates()) known.push_back(id_of(estimate.platform()));
  return invalid_argument("platform '{}' is not one of the exploration's{}", id_of(list.platform),
                          suggestion(id_of(list.platform), known));
}

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  v1::ListEvaluationsRequest request;
  RS_ASSIGN(*request.mutable_parent(), exploration_name(given.text("EXPLORATION")));
  std::string filter;
  for (const std::string& limit : given.list("--where")) filter += (filter.empty() ? "" : " AND ") + limit;
  request.set_filter(filter);
  request.set_order_by(given.text("--order-by"));
  RS_ASSIGN(const std::int64_t most, given.integer("--limit", INT_MAX, 1, INT_MAX));
  EvaluationList list;
  list.full_recipes = given.has("--full");
  if (given.has("--platform")) {
    RS_ASSIGN(list.platform, platform_name(given.text("--platform")));
  }
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(list.evaluations, daemon->list_evaluations(request, static_cast<int>(most)));
  list.more = !list.evaluations.next_page_token().empty();
  list.evaluations.clear_next_page_token();
  RS_TRY(check_platform(list));
  if (session.format() == Format::kJson) return print_json(session, list.evaluations);
  return print(session,
               session.format() == Format::kCsv ? evaluations_csv(list) : evaluations_table(list, session.console));
}

}  // namespace

CommandSpec exploration_evaluations() {
  return {.path = "exploration evaluations",
          .summary = "list what an exploration measured",
          .details =
              "All that was measured, on the front or not, in the order of asking; evaluation 0 is the base network. "
              "What breaks a constraint is listed too, and what was out early: it was certain after fewer images that "
              "it would be on no front.",
          .options = {exploration_argument(),
                      {.name = "--where",
                       .value = "LIMIT",
                       .text = "Only what holds this limit, such as 'top1 >= 0.9'; may be given several times.",
                       .repeatable = true},
                      {.name = "--order-by",
                       .value = "METRIC",
                       .text = "Smallest first, by `top1`, `latency@zcu104` …; with ` desc` behind it largest first."},
                      {.name = "--limit", .value = "N", .text = "The first N only."},
                      {.name = "--platform",
                       .value = "PLATFORM",
                       .text = "Prices on this platform only.",
                       .values = Values::kPlatform},
                      {.name = "--full", .text = "Print long recipes whole."}},
          .examples = {{"roofscape exploration evaluations e1 --where 'top1 >= 0.9' --order-by latency@zcu104"},
                       {"roofscape exploration evaluations e1 --order-by 'top1 desc' --limit 10 --full"},
                       {"roofscape exploration evaluations e1 --format csv > all.csv"}},
          .formats = {"table", "json", "csv"},
          .run = run};
}

}  // namespace roofscape::client
