#include <fmt/format.h>

#include <optional>

#include "analytics/base/text.h"
#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/console/progress.h"
#include "client/plot/compare_plot.h"
#include "client/report/compare_report.h"
#include "client/text/files.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

// What to call it: the file as it was named, or "e1 #17" for an evaluation.
std::string label_of(const std::string& config) {
  if (!names_evaluation(config)) return config;
  const auto parts = split(config, '/');
  return parts.size() == 4 ? fmt::format("{} #{}", parts[1], parts[3]) : config;
}

// Measures and prices one configuration as the exploration did its candidates.
Result<v1::Contender> contend(rpc::Daemon& daemon, const std::string& exploration, const std::string& config,
                              Progress& progress) {
  v1::EvaluateModelRequest request;
  request.set_exploration(exploration);
  SpecFile file;
  if (names_evaluation(config)) {
    request.set_evaluation(config);
  } else {
    RS_ASSIGN(file, SpecFile::read(config, request.mutable_configuration()));
  }
  const Result<v1::EvaluateModelResponse> response =
      daemon.evaluate_model(request, [&](const v1::EvaluateModelResponse& now) {
        if (!now.has_evaluation()) progress.update(now.images_done(), now.images_total(), "images of " + id_of(config));
      });
  if (!response.ok()) return file.place(response.status(), {"configuration", "space"});
  v1::Contender contender;
  contender.set_label(label_of(config));
  *contender.mutable_evaluation() = response->evaluation();
  return contender;
}

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  v1::CompareFrontsRequest request;
  RS_ASSIGN(*request.mutable_name(), exploration_name(given.text("EXPLORATION")));
  if (given.has("OTHER")) {
    RS_ASSIGN(*request.mutable_other(), exploration_name(given.text("OTHER")));
  } else if (!given.has("--config")) {
    return invalid_argument("compare has nothing to hold {} against; name another exploration, or give --config",
                            id_of(request.name()));
  }
  if (given.has("--platform")) {
    RS_ASSIGN(*request.mutable_platform(), platform_name(given.text("--platform")));
  }
  std::optional<OutputFile> picture;
  if (given.has("--plot")) {
    RS_ASSIGN(picture, OutputFile::prepare(given.text("--plot")));
  }
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  Progress progress(session.console, "measuring");
  for (const std::string& config : given.list("--config")) {
    RS_ASSIGN(*request.add_contenders(), contend(*daemon, request.name(), config, progress));
  }
  progress.wipe();
  RS_ASSIGN(const v1::CompareFrontsResponse response, daemon->compare_fronts(request));
  if (picture) {
    RS_TRY(picture->write(plot::compare_plot(response)));
    session.console.note("wrote " + picture->path());
  }
  if (session.format() == Format::kJson) return print_json(session, response);
  return print(session,
               session.format() == Format::kCsv ? compare_csv(response) : compare_table(response, session.console));
}

}  // namespace

CommandSpec compare() {
  return {.path = "compare",
          .summary = "compare two fronts, or a front with single configurations",
          .details =
              "On each platform that both explorations have, in the objectives that they share: how much of a common "
              "box each front dominates, and who dominates whom. What they do not share is said.\n"
              "A configuration is measured on the exploration's images and priced on its platforms; it extends the "
              "front, equals a point of it, is dominated by one, or breaks a constraint.",
          .options =
              {exploration_argument(),
               {.name = "OTHER",
                .text = "Another exploration, whose front is held against the first one's.",
                .values = Values::kExploration},
               {.name = "--config",
                .value = "FILE|EVALUATION",
                .text = "A configuration (YAML), or an exploration's evaluation, 'explorations/e1/evaluations/17'; "
                        "may be given several times.",
                .values = Values::kFile,
                .repeatable = true},
               {.name = "--platform", .value = "PLATFORM", .text = "This platform only.", .values = Values::kPlatform},
               {.name = "--plot",
                .value = "FILE",
                .text = "Also draw the comparison into this SVG file.",
                .values = Values::kFile}},
          .examples = {{"roofscape compare e1 e2 --plot compare.svg"},
                       {"roofscape compare e1 --config int8.yaml --config w4.yaml --platform zcu104"}},
          .formats = {"table", "json", "csv"},
          .run = run};
}

}  // namespace roofscape::client
