#include "server/command_line.h"

#include <algorithm>
#include <fstream>
#include <vector>

#include "analytics/base/text.h"

namespace roofscape::server {
namespace {

constexpr std::size_t kLargestConfig = std::size_t{1} << 20;

std::string flag_of(const SettingInfo& setting) {
  std::string flag = "--" + setting.name;
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

// "--name", "value" from "--name=value" or two arguments.
struct Flag {
  std::string name, value;
};

Result<std::vector<Flag>> split_flags(int argc, const char* const* argv) {
  std::vector<std::string> switches{"--help", "-h", "--version"}, known{"--help", "--version", "--config"};
  for (const SettingInfo& setting : settings()) {
    known.push_back(flag_of(setting));
    if (setting.hint.empty()) switches.push_back(flag_of(setting));
  }
  std::vector<Flag> flags;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (!word.starts_with('-'))
      return invalid_argument("'{}' is not a flag; roofscaped --help shows them", printable(word));
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const bool is_switch = std::find(switches.begin(), switches.end(), name) != switches.end();
    if (!is_switch && std::find(known.begin(), known.end(), name) == known.end())
      return invalid_argument("there is no flag '{}'{}", printable(name), suggestion(name, known));
    if (equals != std::string::npos) {
      flags.push_back({name, word.substr(equals + 1)});
    } else if (is_switch) {
      flags.push_back({name, "true"});
    } else if (i + 1 < argc) {
      flags.push_back({name, argv[++i]});
    } else {
      return invalid_argument("flag {} needs a value", name);
    }
  }
  return flags;
}

Status read_config(const std::string& path, Settings* settings) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return invalid_argument("the configuration file '{}' cannot be read", printable(path));
  std::string text(kLargestConfig + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kLargestConfig)
    return invalid_argument("the configuration file '{}' is larger than {} bytes", printable(path), kLargestConfig);
  return read_settings(text, path, settings);
}

}  // namespace

Result<CommandLine> parse_command_line(int argc, const char* const* argv) {
  RS_ASSIGN(const auto flags, split_flags(argc, argv));
  CommandLine line;
  for (const Flag& flag : flags) {
    line.help = line.help || flag.name == "--help" || flag.name == "-h";
    line.version = line.version || flag.name == "--version";
    if (flag.name == "--config") RS_TRY(read_config(flag.value, &line.settings));
  }
  for (const Flag& flag : flags)
    for (const SettingInfo& setting : settings())
      if (flag.name == flag_of(setting)) RS_TRY(set_setting(setting.name, flag.value, &line.settings));
  if (!line.help && !line.version && line.settings.data_dir.empty())
    return invalid_argument("no data folder is given; say --data-dir DIR");
  return line;
}

std::string help_text() {
  std::string text =
      "roofscaped: the daemon of Roofscape. It keeps models, data sets and explorations in a folder, and works at "
      "them.\n"
      "\n"
      "  roofscaped --listen 127.0.0.1:7070 --data-dir ~/roofscape\n"
      "  roofscaped --listen unix:/run/roofscape.sock --data-dir /var/lib/roofscape --config roofscaped.yaml\n"
      "\n"
      "Flags (each may stand in the --config file too, with '_' for '-'; flags win):\n";
  const Settings defaults;
  for (const SettingInfo& setting : settings()) {
    const std::string value = setting_text(setting, defaults);
    text += fmt::format("  {} {}\n      {}{}\n", flag_of(setting), setting.hint, setting.text,
                        value.empty() || setting.hint.empty() ? "." : fmt::format(" (default: {}).", value));
  }
  text +=
      "  --config FILE\n      A YAML file with settings.\n"
      "  --help, --version\n"
      "\n"
      "On SIGTERM or SIGINT it drains: running explorations stop between two steps and go on at the next start. A "
      "second\n"
      "signal ends it at once.\n"
      "\n"
      "Exit codes: 0 told to end, or idle; 2 wrong flag or configuration file; 3 address in use or not allowed; 4 "
      "data\n"
      "folder cannot be used; 5 data folder in use by another daemon; 70 a fault inside Roofscape.\n";
  return text;
}

}  // namespace roofscape::server
