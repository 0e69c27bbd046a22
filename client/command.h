// A command as data: what it is called, which options it takes, how it is explained. The parser, --help, bash
// completion and docs/cli.md all come from this one value, so they cannot disagree.
//
//   CommandSpec model_show() {
//     return {.path = "model show", .summary = "…", .options = {{.name = "MODEL", .text = "…"}}, .run = …};
//   }
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analytics/base/status.h"
#include "client/exit_codes.h"

namespace roofscape::client {

struct Session;

// What completion offers after an option.
enum class Values { kAny, kFile, kFolder, kChoice, kModel, kDataset, kPlatform, kExploration };

struct OptionSpec {
  std::string name;          // "--name"; without dashes, "FILE", it is an argument
  std::string short_name{};  // "-o", or empty
  std::string value{};       // what follows it, "NAME"; empty: a flag, or an argument
  std::string text{};        // one sentence
  Values values = Values::kAny;
  std::vector<std::string> choices{};
  bool required = false;
  bool repeatable = false;

  bool is_argument() const { return !name.starts_with('-'); }
  bool is_flag() const { return !is_argument() && value.empty(); }
};

struct Example {
  std::string command;  // "roofscape model list"
  std::string text{};   // what it does, in a few words
};

struct CommandSpec {
  std::string path;       // "model import"
  std::string summary;    // one line, no full stop
  std::string details{};  // paragraphs for --help and docs; may be empty
  std::vector<OptionSpec> options{};
  std::vector<Example> examples{};
  std::vector<std::string> formats = {"table", "json"};  // the first is the default; empty: no --format
  bool needs_server = true;                              // takes --server and --local
  bool hidden = false;                                   // left out of help and docs
  std::function<Result<ExitCode>(Session&)> run{};
};

// Every option of the command: its own, then those that many share (--format, --server, --local, --help).
std::vector<OptionSpec> all_options(const CommandSpec& command);
// The option of that name or short name, or nothing.
const OptionSpec* find_option(const std::vector<OptionSpec>& options, std::string_view name);
// "roofscape model import FILE [--name NAME] …": required things bare, the others in brackets.
std::string usage_line(const CommandSpec& command);
// "--name NAME", "-o, --output FILE", "FILE".
std::string option_label(const OptionSpec& option);

}  // namespace roofscape::client
