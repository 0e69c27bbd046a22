#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/plot/validation_plot.h"
#include "client/report/validation_report.h"
#include "client/text/files.h"
#include "client/text/measurement_files.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  v1::ValidateMeasurementsRequest request;
  RS_TRY(read_measurement_files(given.list("FILE"), request.mutable_files()));
  std::optional<OutputFile> picture;
  if (given.has("--plot")) {
    RS_ASSIGN(picture, OutputFile::prepare(given.text("--plot")));
  }
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  if (session.console.err_is_terminal) session.console.note("predicting each row unseen; this may take a minute");
  RS_ASSIGN(const v1::Validation validation, daemon->validate_measurements(request));
  if (picture) {
    RS_TRY(picture->write(plot::validation_plot(validation)));
    session.console.note("wrote " + picture->path());
  }
  if (session.format() == Format::kJson) return print_json(session, validation);
  if (session.format() == Format::kCsv) return print(session, validation_csv(validation));
  return print(session, validation_text(validation, given.has("--all"), session.console));
}

}  // namespace

CommandSpec validate() {
  return {.path = "validate",
          .summary = "hold the cost model against measurements that it has not seen",
          .details =
              "Each row is predicted by a model fitted without it: without its network on that platform, without its "
              "platform, and without its family. Prints how good each of these is by class of hardware and by file, "
              "beside one factor for each platform and format; then the rows that are far off, and what was left out "
              "and why. A table of network counts among the files adds activations. docs/calibration.md says which "
              "columns a file needs.",
          .options = {{.name = "FILE",
                       .text = "Files of measurements (CSV).",
                       .values = Values::kFile,
                       .required = true,
                       .repeatable = true},
                      {.name = "--all", .text = "Show every row, not only those that are far off."},
                      {.name = "--plot",
                       .value = "FILE",
                       .text = "Also draw predicted against measured times into this SVG file.",
                       .values = Values::kFile}},
          .examples = {{"roofscape validate measured.csv network_costs.csv"},
                       {"roofscape validate measured.csv --plot validation.svg --format csv > rows.csv"}},
          .formats = {"table", "json", "csv"},
          .run = run};
}

}  // namespace roofscape::client
