#include "client/reference.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytics/base/text.h"
#include "client/text/markdown.h"

namespace roofscape::client {
namespace {

std::string anchor(std::string path) {
  std::replace(path.begin(), path.end(), ' ', '-');
  return "roofscape-" + path;
}

std::string section(const CommandSpec& command) {
  std::string out =
      fmt::format("### roofscape {}\n\n{}.\n\n```\n{}\n```\n", command.path, command.summary, usage_line(command));
  // Sentence case for the page.
  const std::size_t first = out.find("\n\n") + 2;
  if (out[first] >= 'a' && out[first] <= 'z') out[first] = static_cast<char>(out[first] - 'a' + 'A');
  for (const std::string_view paragraph : split(command.details, '\n'))
    if (!paragraph.empty()) out += fmt::format("\n{}\n", paragraph);
  if (!command.options.empty()) out += "\n| Option | Meaning |\n|---|---|\n";
  for (const OptionSpec& option : command.options)
    out += fmt::format("| `{}` | {}{} |\n", markdown_cell(option_label(option)), markdown_cell(option.text),
                       option.required && !option.is_argument() ? " Required." : "");
  out += "\n```bash\n";
  for (const Example& example : command.examples)
    out += (example.text.empty() ? "" : "# " + example.text + "\n") + example.command + "\n";
  return out + "```\n\n";
}

}  // namespace

std::string reference_page(std::span<const CommandSpec> commands) {
  std::string out =
      "# The command line\n\n<!-- Written by `roofscape docs`; a test keeps it fresh. -->\n\n"
      "Every command has `--help`. Results go to standard output, everything else to standard error.\n\n"
      "| Command | What it does |\n|---|---|\n";
  for (const CommandSpec& command : commands)
    if (!command.hidden)
      out += fmt::format("| [`roofscape {0}`](#{1}) | {2} |\n", command.path, anchor(command.path),
                         markdown_cell(command.summary));
  CommandSpec shared;
  out += "\n## Options of every command that asks a server\n\n| Option | Meaning |\n|---|---|\n";
  for (const OptionSpec& option : all_options(shared))
    if (option.name != "--format")
      out += fmt::format("| `{}` | {} |\n", markdown_cell(option_label(option)), markdown_cell(option.text));
  out +=
      "| `--format table\\|json\\|csv` | How to print the result: for people, as protobuf JSON with the schema's field "
      "names, "
      "or as comma-separated values in SI base units (where a command offers them). |\n\n"
      "## Exit status\n\n| Status | Meaning |\n|---|---|\n";
  for (const ExitCodeInfo& info : exit_codes())
    out += fmt::format("| {} | {} |\n", static_cast<int>(info.code), info.meaning);
  out +=
      "\n## Environment\n\n| Variable | Meaning |\n|---|---|\n"
      "| `ROOFSCAPE_SERVER` | Server to ask when neither `--server` nor `--local` is given. |\n"
      "| `ROOFSCAPED` | The program of the private server; otherwise it is looked for beside `roofscape` and on "
      "`PATH`. |\n"
      "| `XDG_DATA_HOME` | Where the private server's folder `roofscape` lies; `~/.local/share` unless set. |\n"
      "| `NO_COLOR` | No colours, even on a terminal. |\n\n## Commands\n\n";
  for (const CommandSpec& command : commands)
    if (!command.hidden) out += section(command);
  out.pop_back();
  return out;
}

}  // namespace roofscape::client
