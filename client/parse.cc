#include "client/parse.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>

#include "analytics/base/text.h"

namespace roofscape::client {
namespace {

// Options that may stand before the command and take a value: `roofscape --server host:7070 model list`.
bool takes_value_anywhere(std::string_view word) {
  return word == "--server" || word == "--local" || word == "--format";
}

// The command's words, split from the rest.
struct Split {
  std::vector<std::string> path;  // at most two words
  std::vector<std::string> rest;
  bool help = false, version = false;
};

bool is_group(std::span<const CommandSpec> commands, std::string_view word) {
  return std::any_of(commands.begin(), commands.end(),
                     [&](const CommandSpec& c) { return c.path.starts_with(std::string(word) + " "); });
}

Split split_words(std::span<const std::string> words, std::span<const CommandSpec> commands) {
  Split split;
  bool path_open = true, options_open = true;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (options_open && word == "--") options_open = path_open = false;
    if (options_open && (word == "--help" || word == "-h")) {
      split.help = true;
      continue;
    }
    if (options_open && split.path.empty() && word == "--version") {
      split.version = true;
      continue;
    }
    const bool is_option = options_open && word.size() > 1 && word[0] == '-';
    if (path_open && !is_option) {
      split.path.push_back(word);
      path_open = split.path.size() == 1 && is_group(commands, word);
      continue;
    }
    split.rest.push_back(word);
    if (is_option && path_open && takes_value_anywhere(word) && i + 1 < words.size()) split.rest.push_back(words[++i]);
  }
  return split;
}

Status unknown_command(const Split& split, std::span<const CommandSpec> commands) {
  const bool in_group = !split.path.empty() && is_group(commands, split.path[0]);
  std::vector<std::string> known;
  for (const CommandSpec& command : commands) {
    if (command.hidden) continue;
    const std::vector<std::string_view> parts = roofscape::split(command.path, ' ');
    if (in_group && (parts[0] != split.path[0] || parts.size() < 2)) continue;
    const std::string word(in_group ? parts[1] : parts[0]);
    if (std::find(known.begin(), known.end(), word) == known.end()) known.push_back(word);
  }
  if (in_group && split.path.size() < 2)
    return invalid_argument("'roofscape {}' needs one of: {}", split.path[0], fmt::join(known, ", "));
  const std::string word = split.path.empty() ? split.rest.front() : split.path.back();
  return invalid_argument("there is no command '{}{}'{}", in_group ? split.path[0] + " " : "", printable(word),
                          suggestion(word, known));
}

Status unexpected(const CommandSpec& command, std::string word, const std::vector<OptionSpec>& options) {
  if (!word.starts_with('-'))
    return invalid_argument("'{}' is one argument too many; usage: {}", printable(word), usage_line(command));
  word = word.substr(0, word.find('='));
  std::vector<std::string> names;
  for (const OptionSpec& option : options)
    if (!option.is_argument()) names.push_back(option.name);
  return invalid_argument("'roofscape {}' has no option '{}'{}", command.path, printable(word),
                          suggestion(word, names));
}

Status check_counts(const CommandSpec& command, const OptionSpec& option, std::size_t times) {
  if (times == 0 && option.required)
    return invalid_argument("'roofscape {}' needs {}; usage: {}", command.path, option_label(option),
                            usage_line(command));
  if (times > 1 && !option.repeatable)
    return invalid_argument("{} is given {} times; give it once", option.name, times);
  return {};
}

Status check_choice(const OptionSpec& option, const std::vector<std::string>& values) {
  if (option.choices.empty()) return {};
  for (const std::string& value : values)
    if (std::find(option.choices.begin(), option.choices.end(), value) == option.choices.end())
      return invalid_argument("{} is '{}'; use {}", option.name, printable(value), fmt::join(option.choices, ", "));
  return {};
}

Result<Arguments> parse_options(const CommandSpec& command, std::vector<std::string> words) {
  const std::vector<OptionSpec> options = all_options(command);
  CLI::App app;
  app.set_help_flag("");
  app.allow_extras();
  std::deque<std::vector<std::string>> values(options.size());
  std::vector<CLI::Option*> parsed(options.size());
  for (std::size_t i = 0; i < options.size(); ++i) {
    const OptionSpec& option = options[i];
    const std::string names = option.short_name.empty() ? option.name : option.short_name + "," + option.name;
    parsed[i] = option.is_flag() ? app.add_flag(names) : app.add_option(names, values[i])->allow_extra_args(false);
    if (option.is_argument() && option.repeatable)
      parsed[i]->expected(-1);  // one and more
    else if (option.is_argument())
      parsed[i]->expected(1);
  }
  try {
    std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
    app.parse(words);
  } catch (const CLI::ArgumentMismatch& error) {
    for (std::size_t i = 0; i < options.size(); ++i)
      if (std::string(error.what()).find(options[i].name) != std::string::npos)
        return invalid_argument("{} needs a value: {}", options[i].name, option_label(options[i]));
    return invalid_argument("{}", printable(error.what()));
  } catch (const CLI::Error& error) {
    return invalid_argument("{}; usage: {}", printable(error.what()), usage_line(command));
  }
  if (!app.remaining().empty()) return unexpected(command, app.remaining().front(), options);

  Arguments arguments;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const std::size_t times = options[i].is_flag() ? parsed[i]->count() : values[i].size();
    RS_TRY(check_counts(command, options[i], times));
    RS_TRY(check_choice(options[i], values[i]));
    if (times > 0) arguments.set(options[i].name, values[i]);
  }
  return arguments;
}

}  // namespace

Result<Invocation> parse(std::span<const std::string> words, std::span<const CommandSpec> commands) {
  const Split split = split_words(words, commands);
  Invocation call;
  call.help = split.help;
  call.version = split.version;
  const std::string path = fmt::format("{}", fmt::join(split.path, " "));
  for (const CommandSpec& command : commands)
    if (command.path == path) call.command = &command;
  if (call.version) return call;
  if (call.command == nullptr) {
    const bool is_topic = split.path.size() == 1 && is_group(commands, split.path[0]);
    if (split.path.empty() && split.rest.empty()) call.help = true;
    if (!call.help || !(split.path.empty() || is_topic)) return unknown_command(split, commands);
    call.topic = path;
    return call;
  }
  if (call.help) return call;
  RS_ASSIGN(call.arguments, parse_options(*call.command, split.rest));
  return call;
}

}  // namespace roofscape::client
