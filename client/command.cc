#include "client/command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace roofscape::client {

std::vector<OptionSpec> all_options(const CommandSpec& command) {
  std::vector<OptionSpec> options = command.options;
  if (!command.formats.empty())
    options.push_back({.name = "--format",
                       .short_name = "",
                       .value = fmt::format("{}", fmt::join(command.formats, "|")),
                       .text = fmt::format("How to print the result; {} unless given.", command.formats.front()),
                       .values = Values::kChoice,
                       .choices = command.formats});
  if (command.needs_server) {
    options.push_back({.name = "--server",
                       .short_name = "",
                       .value = "ADDRESS",
                       .text = "Server to ask, HOST:PORT or unix:PATH; $ROOFSCAPE_SERVER unless given."});
    options.push_back({.name = "--local",
                       .short_name = "",
                       .value = "DIR",
                       .text =
                           "Ask a private server that keeps its data in DIR and is started when needed; without any "
                           "server, DIR is roofscape in $XDG_DATA_HOME or ~/.local/share.",
                       .values = Values::kFolder});
  }
  options.push_back({.name = "--help", .short_name = "-h", .value = "", .text = "Explain this command."});
  return options;
}

const OptionSpec* find_option(const std::vector<OptionSpec>& options, std::string_view name) {
  for (const OptionSpec& option : options)
    if (option.name == name || (!option.short_name.empty() && option.short_name == name)) return &option;
  return nullptr;
}

std::string option_label(const OptionSpec& option) {
  std::string label = option.short_name.empty() ? option.name : option.short_name + ", " + option.name;
  if (!option.value.empty()) label += " " + option.value;
  return label;
}

std::string usage_line(const CommandSpec& command) {
  std::string line = "roofscape " + command.path;
  for (const OptionSpec& option : command.options)
    if (option.is_argument())
      line += (option.required ? " " + option.name : " [" + option.name + "]") + (option.repeatable ? "…" : "");
  for (const OptionSpec& option : command.options) {
    if (option.is_argument()) continue;
    const std::string name = option.short_name.empty() ? option.name : option.short_name;
    const std::string body = option.value.empty() ? name : name + " " + option.value;
    line += option.required ? " " + body : " [" + body + "]";
    if (option.repeatable) line += "…";
  }
  if (!command.formats.empty()) line += fmt::format(" [--format {}]", fmt::join(command.formats, "|"));
  if (command.needs_server) line += " [--server ADDRESS | --local DIR]";
  return line;
}

}  // namespace roofscape::client
