#include <filesystem>

#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/report/platform_page.h"
#include "client/text/files.h"

namespace roofscape::client {
namespace {

Status write(const std::string& path, const std::string& content) {
  RS_ASSIGN(const OutputFile file, OutputFile::prepare(path));
  return file.write(content);
}

Result<ExitCode> run(Session& session) {
  const std::string folder = session.arguments.text("FOLDER");
  RS_ASSIGN(rpc::Daemon * daemon, session.daemon());
  RS_ASSIGN(const v1::ListPlatformsResponse listed, daemon->list_platforms());
  std::vector<v1::Platform> shipped;
  for (const v1::Platform& platform : listed.platforms())
    if (platform.built_in()) shipped.push_back(platform);
  std::error_code failed;
  std::filesystem::create_directories(folder + "/platforms", failed);
  if (failed) return invalid_argument("'{}' cannot be made: {}", folder + "/platforms", failed.message());
  RS_TRY(write(folder + "/platforms.md", platforms_index(shipped)));
  for (const v1::Platform& platform : shipped)
    RS_TRY(write(folder + "/platforms/" + platform.id() + ".md", platform_page(platform)));
  return print(session, fmt::format("wrote {} pages\n", shipped.size() + 1));
}

}  // namespace

// For the project itself: `roofscape docs platforms docs`.
CommandSpec docs_platforms() {
  return {.path = "docs platforms",
          .summary = "write docs/platforms.md and the pages of docs/platforms",
          .options = {{.name = "FOLDER", .text = "Folder of the documentation.", .required = true}},
          .examples = {{"roofscape docs platforms docs"}},
          .formats = {},
          .hidden = true,
          .run = run};
}

}  // namespace roofscape::client
