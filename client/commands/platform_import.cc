#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/text/names.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) {
  v1::Platform platform;
  RS_ASSIGN(const SpecFile file, SpecFile::read(session.arguments.text("FILE"), &platform));
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  const Result<v1::Platform> stored = daemon->import_platform(platform);
  if (!stored.ok()) return file.place(stored.status(), {"platform", ""});
  if (session.format() == Format::kJson) return print_json(session, *stored);
  return print(session, "imported " + id_of(stored->name()) + "\n");
}

}  // namespace

CommandSpec platform_import() {
  return {.path = "platform import",
          .summary = "store a platform from a YAML file",
          .details =
              "Every figure of the file has a source and a provenance. An imported platform of the same id is "
              "replaced; a built-in one is not.",
          .options = {{.name = "FILE", .text = "The platform's YAML file.", .values = Values::kFile, .required = true}},
          .examples = {{"roofscape platform probe -o host.yaml && roofscape platform import host.yaml",
                        "price networks on the server's own machine"}},
          .run = run};
}

}  // namespace roofscape::client
