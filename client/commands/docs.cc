#include "client/commands/commands.h"
#include "client/commands/shared.h"
#include "client/reference.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) { return print(session, reference_page(commands())); }

}  // namespace

// For the project itself: `roofscape docs > docs/cli.md`.
CommandSpec docs() {
  return {.path = "docs",
          .summary = "print docs/cli.md",
          .examples = {{"roofscape docs > docs/cli.md"}},
          .formats = {},
          .needs_server = false,
          .hidden = true,
          .run = run};
}

}  // namespace roofscape::client
