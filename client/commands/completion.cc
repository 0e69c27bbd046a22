#include "client/completion.h"

#include "client/commands/commands.h"
#include "client/commands/shared.h"

namespace roofscape::client {
namespace {

Result<ExitCode> run(Session& session) { return print(session, bash_completion(commands())); }

}  // namespace

CommandSpec completion() {
  return {.path = "completion",
          .summary = "print a completion script for a shell",
          .options = {{.name = "SHELL",
                       .text = "The shell: bash.",
                       .values = Values::kChoice,
                       .choices = {"bash"},
                       .required = true}},
          .examples = {{"source <(roofscape completion bash)", "for this shell"},
                       {"roofscape completion bash > ~/.local/share/bash-completion/completions/roofscape",
                        "for every new one"}},
          .formats = {},
          .needs_server = false,
          .run = run};
}

}  // namespace roofscape::client
