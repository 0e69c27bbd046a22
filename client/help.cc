#include "client/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "analytics/base/text.h"
#include "client/console/table.h"

namespace roofscape::client {
namespace {

constexpr std::size_t kWidth = 100;

// `text` broken into lines of at most kWidth columns; every line but the first starts with `indent` spaces.
std::string folded(std::string_view text, std::size_t indent, std::size_t first_column) {
  std::string out;
  std::size_t column = first_column;
  bool line_is_empty = true;
  for (const std::string_view word : split(text, ' ')) {
    if (!line_is_empty && column + 1 + display_width(word) > kWidth) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
      line_is_empty = true;
    }
    if (!line_is_empty) {
      out += ' ';
      ++column;
    }
    out += word;
    column += display_width(word);
    line_is_empty = false;
  }
  return out;
}

// Lines "  label   text", texts aligned.
std::string entries(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::size_t widest = 0;
  for (const auto& [label, text] : rows) widest = std::max(widest, display_width(label));
  const std::size_t column = std::min<std::size_t>(widest, 30) + 4;
  std::string out;
  for (const auto& [label, text] : rows) {
    out += "  " + label;
    const std::size_t at = 2 + display_width(label);
    out += at + 2 > column ? "\n" + std::string(column, ' ') : std::string(column - at, ' ');
    out += folded(text, column, column) + '\n';
  }
  return out;
}

}  // namespace

std::string help_of(const CommandSpec& command) {
  std::string out = folded(fmt::format("roofscape {}: {}", command.path, command.summary), 2, 0) + "\n\nUsage: ";
  out += folded(usage_line(command), 9, 7) + "\n";
  for (const std::string_view paragraph : split(command.details, '\n'))
    if (!paragraph.empty()) out += "\n" + folded(paragraph, 0, 0) + "\n";
  std::vector<std::pair<std::string, std::string>> arguments, options;
  for (const OptionSpec& option : all_options(command))
    (option.is_argument() ? arguments : options).emplace_back(option_label(option), option.text);
  if (!arguments.empty()) out += "\nArguments:\n" + entries(arguments);
  out += "\nOptions:\n" + entries(options);
  if (!command.examples.empty()) out += command.examples.size() == 1 ? "\nExample:\n" : "\nExamples:\n";
  for (const Example& example : command.examples) {
    if (!example.text.empty()) out += "  # " + example.text + "\n";
    out += "  " + example.command + "\n";
  }
  return out;
}

std::string overview(std::span<const CommandSpec> commands, std::string_view topic) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const CommandSpec& command : commands)
    if (!command.hidden && (topic.empty() || command.path.starts_with(std::string(topic) + " ")))
      rows.emplace_back(command.path, command.summary);
  if (!topic.empty())
    return fmt::format(
        "Usage: roofscape {0} COMMAND …\n\nCommands:\n{1}\n'roofscape {0} COMMAND --help' explains one.\n", topic,
        entries(rows));
  std::vector<std::pair<std::string, std::string>> codes;
  for (const ExitCodeInfo& info : exit_codes())
    codes.emplace_back(fmt::format("{:>3}", static_cast<int>(info.code)), std::string(info.meaning));
  return fmt::format(
      "roofscape: which approximations of a network, on which hardware?\n\n"
      "Usage: roofscape COMMAND …\n\nCommands:\n{}\n"
      "'roofscape COMMAND --help' explains one, with an example.\n\nExit status:\n{}",
      entries(rows), entries(codes));
}

}  // namespace roofscape::client
