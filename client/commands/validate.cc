#include <algorithm>
#include <optional>

#include "analytics/base/text.h"
#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/console/progress.h"
#include "client/plot/validation_plot.h"
#include "client/report/validation_report.h"
#include "client/rpc/interrupt.h"
#include "client/text/files.h"
#include "client/text/measurement_files.h"

namespace roofscape::client {
namespace {

// Outputs that are asked for, opened before the work.
struct Outputs {
  std::optional<OutputFile> picture, measurements;
};

Result<Outputs> prepare_outputs(const Arguments& given) {
  Outputs outputs;
  if (given.has("--plot")) {
    RS_ASSIGN(outputs.picture, OutputFile::prepare(given.text("--plot")));
  }
  if (given.has("--measurements")) {
    RS_ASSIGN(outputs.measurements, OutputFile::prepare(given.text("--measurements")));
  }
  return outputs;
}

Status check_source(const Arguments& given) {
  const bool files = !given.list("FILE").empty();
  if (given.has("--host") && files)
    return invalid_argument("FILE and --host are two sources of measurements; give one of them");
  if (given.has("--host")) return {};
  if (!files) return invalid_argument("validate needs FILE, or --host to time this machine");
  for (const char* option : {"--threads", "--rounds", "--network", "--measurements"})
    if (given.has(option)) return invalid_argument("{} goes with --host; files are taken as they are", option);
  return {};
}

Result<v1::Validation> of_files(Session& session) {
  v1::ValidateMeasurementsRequest request;
  RS_TRY(read_measurement_files(session.arguments.list("FILE"), request.mutable_files()));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  if (session.console.err_is_terminal) session.console.note("predicting each row unseen; this may take some minutes");
  return daemon->validate_measurements(request);
}

Result<v1::Validation> of_host(Session& session, const Outputs& outputs) {
  constexpr std::int64_t kMostThreads = 1024, kMostRounds = 100;
  const Arguments& given = session.arguments;
  v1::ValidateHostRequest request;
  RS_ASSIGN(const std::int64_t threads, given.integer("--threads", 0, 1, kMostThreads));
  RS_ASSIGN(const std::int64_t rounds, given.integer("--rounds", 0, 1, kMostRounds));
  request.set_threads(static_cast<std::int32_t>(threads));
  request.set_rounds(static_cast<std::int32_t>(rounds));
  for (const std::string& network : given.list("--network")) request.add_networks(network);
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  const rpc::Interrupt interrupt;
  Progress progress(session.console, "timing the engine");
  const Result<v1::ValidateHostResponse> response = daemon->validate_host(
      request,
      [&](const v1::ValidateHostResponse& now) {
        progress.update(now.timings_done(), std::max<std::int64_t>(1, now.timings_total()), printable(now.doing(), 60));
      },
      interrupt.token());
  progress.wipe();
  RS_TRY(response.status());
  if (outputs.measurements) {
    RS_TRY(outputs.measurements->write(response->measurements().contents()));
    session.console.note("wrote " + outputs.measurements->path());
  }
  return response->validation();
}

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  RS_TRY(check_source(given));
  RS_ASSIGN(const Outputs outputs, prepare_outputs(given));
  const Result<v1::Validation> validation = given.has("--host") ? of_host(session, outputs) : of_files(session);
  if (validation.status().code() == Code::kCancelled) {
    session.console.note("interrupted; nothing was measured to its end");
    return ExitCode::kInterrupted;
  }
  RS_TRY(validation.status());
  if (outputs.picture) {
    RS_TRY(outputs.picture->write(plot::validation_plot(*validation)));
    session.console.note("wrote " + outputs.picture->path());
  }
  if (session.format() == Format::kJson) return print_json(session, *validation);
  if (session.format() == Format::kCsv) return print(session, validation_csv(*validation));
  return print(session, validation_text(*validation, given.has("--all"), session.console));
}

}  // namespace

CommandSpec validate() {
  return {
      .path = "validate",
      .summary = "hold the cost model against measurements that it has not seen",
      .details =
          "Each row is predicted by a model fitted without it: without its network on that platform, without its "
          "platform, and without its family. Prints how good each of these is by class of hardware and by file, "
          "beside one factor for each platform and format; then the rows that are far off, and what was left out "
          "and why. A table of network counts among the files adds activations. docs/calibration.md says which "
          "columns a file needs.\n"
          "With --host the measurements are made on the spot: the server's engine runs networks of different "
          "kinds in fp32 and int8, in small and larger batches, on one thread and on more, and the estimates are "
          "those of the server's machine as `roofscape platform probe` measures it. Takes one to two minutes, and "
          "turns with explorations.",
      .options = {{.name = "FILE", .text = "Files of measurements (CSV).", .values = Values::kFile, .repeatable = true},
                  {.name = "--host", .text = "Time the engine on the server's machine; in place of files."},
                  {.name = "--threads", .value = "N", .text = "With --host: at most N threads; all unless given."},
                  {.name = "--rounds",
                   .value = "N",
                   .text = "With --host: time each point N times, of which the best counts; 6 unless given."},
                  {.name = "--network",
                   .value = "ID",
                   .text = "With --host: time this built-in network, and others only if named, too.",
                   .values = Values::kModel,
                   .repeatable = true},
                  {.name = "--measurements",
                   .value = "FILE",
                   .text = "With --host: also write the times to this file, for `platform calibrate`.",
                   .values = Values::kFile},
                  {.name = "--all", .text = "Show every row, not only those that are far off."},
                  {.name = "--plot",
                   .value = "FILE",
                   .text = "Also draw predicted against measured times into this SVG file.",
                   .values = Values::kFile}},
      .examples = {{"roofscape validate measured.csv network_costs.csv"},
                   {"roofscape validate --host --measurements host.csv"},
                   {"roofscape validate measured.csv --plot validation.svg --format csv > rows.csv"}},
      .formats = {"table", "json", "csv"},
      .run = run};
}

}  // namespace roofscape::client
