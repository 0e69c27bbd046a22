#include <fmt/format.h>

#include <filesystem>

#include "analytics/base/text.h"
#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/console/table.h"
#include "client/text/names.h"
#include "roofscape/v1/check.pb.h"

namespace roofscape::client {
namespace {

// The check and, beside it, its configuration file; both know where their values stand.
struct CheckFiles {
  v1::CheckModelRequest request;
  SpecFile check;
  SpecFile rules;
};

Result<CheckFiles> read_files(const std::string& path) {
  CheckFiles files;
  v1::CheckSpec& spec = *files.request.mutable_spec();
  RS_ASSIGN(files.check, SpecFile::read(path, &spec));
  if (spec.has_rules())
    return files.check.place(
        invalid_argument("rules is not for files; name a file with 'configuration: FILE.yaml'").at("rules"), {""});
  if (spec.configuration().empty() || names_evaluation(spec.configuration())) return files;
  const std::filesystem::path beside = std::filesystem::path(path).parent_path() / spec.configuration();
  Result<SpecFile> rules = SpecFile::read(beside.string(), spec.mutable_rules());
  // A file that is not there is a fault of the line that names it; one that is wrong inside names its own line.
  if (!rules.ok() && !std::filesystem::exists(beside))
    return files.check.place(Status(rules.status()).at("configuration"), {""});
  if (!rules.ok()) return rules.status();
  files.rules = std::move(*rules);
  return files;
}

std::string results_text(const v1::CheckModelResponse& response, const Console& console) {
  Table table({{""}, {"limit"}, {"platform"}, {"found", Align::kLeft, true}});
  int broken = 0, unknown = 0;
  for (const v1::LimitResult& result : response.results()) {
    const bool known = result.has_value();
    (known ? broken : unknown) += result.holds() ? 0 : 1;
    table.add({result.holds() ? "ok"
               : known        ? "BROKEN"
                              : "NOT KNOWN",
               printable(result.limit()), id_of(result.platform()), printable(result.message(), 300)},
              result.holds() ? Ink::kPlain : Ink::kBad);
  }
  const int all = response.results_size();
  if (broken + unknown == 0) return table.to_text(console) + fmt::format("all {} limits hold\n", all);
  std::string text = broken > 0 ? fmt::format("{} of {} limits broken", broken, all) : "";
  if (unknown > 0)
    text += broken > 0 ? fmt::format(", {} not known", unknown)
                       : fmt::format("{} of {} limits not known to hold", unknown, all);
  return table.to_text(console) + text + "\n";
}

// Whatever the file asks for and cannot be had is bad input to a gate: its exit status 1 means "broken" and nothing
// else.
Status as_bad_input(const Status& status) {
  switch (status.code()) {
    case Code::kNotFound:
    case Code::kAlreadyExists:
    case Code::kFailedPrecondition: return Status(Code::kInvalidArgument, status.message()).at(status.field());
    default: return status;
  }
}

Result<ExitCode> run(Session& session) {
  RS_ASSIGN(const CheckFiles files, read_files(session.arguments.text("FILE")));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  const Result<v1::CheckModelResponse> response = daemon->check_model(files.request);
  if (!response.ok()) {
    const Status status = as_bad_input(response.status());
    if (status.field().starts_with("spec.rules") || status.field().starts_with("rules"))
      return files.rules.place(status, {"spec.rules", "rules"});
    return files.check.place(status, {"spec", ""});
  }
  RS_TRY(session.format() == Format::kJson ? print_json(session, *response).status()
                                           : print(session, results_text(*response, session.console)).status());
  return response->holds() ? ExitCode::kDone : ExitCode::kBroken;
}

}  // namespace

CommandSpec check() {
  return {.path = "check",
          .summary = "hold a model against limits: a gate for continuous integration",
          .details =
              "The file names a model, a data set, a configuration and limits such as 'top1 >= 0.90', "
              "'latency@raspberry-pi-4 <= 2 ms' or 'fits@raspberry-pi-4'. The configuration is a file beside it, or "
              "an exploration's evaluation.\nExit status: 0 every limit holds, 1 a limit is broken or not known to "
              "hold (the output says which, and by how much), 2 bad input, 3 no server.",
          .options = {{.name = "FILE", .text = "The check (YAML).", .values = Values::kFile, .required = true}},
          .examples = {{"roofscape check budget.yaml"}, {"roofscape check budget.yaml --format json > budget.json"}},
          .run = run};
}

}  // namespace roofscape::client
