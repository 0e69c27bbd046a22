#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/calibration_report.h"
#include "client/text/calibration_file.h"
#include "client/text/files.h"
#include "client/text/measurement_files.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  v1::CalibratePlatformsRequest request;
  RS_TRY(read_measurement_files(given.list("--measurements"), request.mutable_files()));
  request.set_from_scratch(given.has("--from-scratch"));
  request.set_store(!given.has("--dry-run"));
  std::optional<OutputFile> output;
  if (given.has("--output")) {
    RS_ASSIGN(output, OutputFile::prepare(given.text("--output")));
  }
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  if (session.console.err_is_terminal) session.console.note("learning from the measurements; this may take some minutes");
  RS_ASSIGN(const v1::Calibration calibration, daemon->calibrate_platforms(request));
  if (output) {
    RS_TRY(output->write(calibration_file(calibration)));
    session.console.note("wrote " + output->path());
  }
  if (session.format() == Format::kJson) return print_json(session, calibration);
  return print(session, calibration_text(calibration, session.console) +
                            (request.store() ? "in force from now on\n" : "nothing was stored\n"));
}

}  // namespace

CommandSpec platform_calibrate() {
  return {.path = "platform calibrate",
          .summary = "learn from measurements how far platforms stay behind their ceilings",
          .details =
              "Keeps what ships with Roofscape and learns on top of it how the platforms of your files differ; the "
              "result takes the place of what an earlier call stored, and every estimate leans on it from then on. "
              "docs/calibration.md says which columns a file needs.",
          .options = {{.name = "--measurements",
                       .value = "FILE",
                       .text = "A file of measurements (CSV); may be given several times.",
                       .values = Values::kFile,
                       .required = true,
                       .repeatable = true},
                      {.name = "--output",
                       .short_name = "-o",
                       .value = "FILE",
                       .text = "Also write the calibration to this file, as protobuf's text form.",
                       .values = Values::kFile},
                      {.name = "--from-scratch", .text = "Learn everything from these files alone."},
                      {.name = "--dry-run", .text = "Show what would be learned; store nothing."}},
          .examples = {{"roofscape platform calibrate --measurements mine.csv"},
                       {"roofscape platform calibrate --measurements mine.csv --dry-run --output mine.txtpb"}},
          .run = run};
}

}  // namespace roofscape::client
