#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/platform_report.h"
#include "client/text/files.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  const Arguments& given = session.arguments;
  v1::ProbeHostRequest request;
  if (given.has("--id")) {
    RS_ASSIGN(const std::string name, platform_name(given.text("--id")));
    request.set_id(id_of(name));
  }
  std::optional<OutputFile> output;
  if (given.has("--output")) {
    RS_ASSIGN(output, OutputFile::prepare(given.text("--output")));
  }
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  if (session.console.err_is_terminal) session.console.note("measuring the server's machine; this takes some seconds");
  RS_ASSIGN(v1::Platform platform, daemon->probe_host(request));
  if (output) {
    // What the server sets is no part of a file.
    v1::Platform written = platform;
    written.clear_name();
    written.clear_built_in();
    RS_TRY(output->write(write_yaml(written)));
  }
  if (session.format() == Format::kJson) return print_json(session, platform);
  if (output) return print(session, "wrote " + output->path() + "\n");
  return print(session, platform_text(platform, session.console));
}

}  // namespace

CommandSpec platform_probe() {
  return {.path = "platform probe",
          .summary = "measure the ceilings of the machine on which the server runs",
          .details = "Nothing is stored: write the result to a file, look at it, and import it.",
          .options = {{.name = "--output",
                       .short_name = "-o",
                       .value = "FILE",
                       .text = "Write the platform as YAML to this file.",
                       .values = Values::kFile},
                      {.name = "--id", .value = "ID", .text = "Id of the platform; host unless given."}},
          .examples = {{"roofscape platform probe -o host.yaml"}},
          .run = run};
}

}  // namespace roofscape::client
