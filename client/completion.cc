#include "client/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "analytics/base/text.h"

namespace roofscape::client {
namespace {

std::string_view kind_of(Values values) {
  switch (values) {
    case Values::kModel: return "models";
    case Values::kDataset: return "datasets";
    case Values::kPlatform: return "platforms";
    case Values::kExploration: return "explorations";
    default: return "";
  }
}

// The bash that fills COMPREPLY for one kind of value.
std::string fill(const OptionSpec& option) {
  if (option.values == Values::kFile) return "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- \"$cur\"))";
  if (option.values == Values::kFolder)
    return "compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- \"$cur\"))";
  if (option.values == Values::kChoice)
    return fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$cur\"))", fmt::join(option.choices, " "));
  if (const std::string_view kind = kind_of(option.values); !kind.empty())
    return fmt::format("COMPREPLY=($(compgen -W \"$(\"${{COMP_WORDS[0]}}\" complete {} 2>/dev/null)\" -- \"$cur\"))",
                       kind);
  return "COMPREPLY=()";
}

std::string case_of(const CommandSpec& command) {
  std::string values, words;
  const OptionSpec* argument = nullptr;
  for (const OptionSpec& option : all_options(command)) {
    if (option.is_argument()) {
      if (argument == nullptr) argument = &option;
      continue;
    }
    words += (words.empty() ? "" : " ") + option.name;
    if (!option.is_flag())
      values += fmt::format("        {}{}) {}; return ;;\n", option.name,
                            option.short_name.empty() ? "" : "|" + option.short_name, fill(option));
  }
  std::string out = fmt::format("    '{}')\n", command.path);
  if (!values.empty()) out += "      case \"$prev\" in\n" + values + "      esac\n";
  out += fmt::format("      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W '{}' -- \"$cur\")); return; fi\n", words);
  for (const OptionSpec& option : command.options)
    if (option.is_argument()) {
      out += "      " + fill(option) + " ;;\n";
      return out;
    }
  return out + fmt::format("      COMPREPLY=($(compgen -W '{}' -- \"$cur\")) ;;\n", words);
}

}  // namespace

std::string bash_completion(std::span<const CommandSpec> commands) {
  std::map<std::string, std::vector<std::string>> words;
  std::vector<std::string> first;
  std::string cases;
  for (const CommandSpec& command : commands) {
    if (command.hidden) continue;
    const auto parts = split(command.path, ' ');
    const std::string head(parts[0]);
    if (first.empty() || first.back() != head) first.push_back(head);
    if (parts.size() > 1) words[head].emplace_back(parts[1]);
    cases += case_of(command);
  }
  std::string groups, names;
  for (const auto& [head, seconds] : words) {
    groups +=
        fmt::format("    {}) COMPREPLY=($(compgen -W '{} --help' -- \"$cur\")) ;;\n", head, fmt::join(seconds, " "));
    names += (names.empty() ? "" : "|") + head;
  }
  return fmt::format(R"(# bash completion for roofscape: source <(roofscape completion bash)
_roofscape() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} path='' word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${{COMP_WORDS[i]}}
    case $word in
      --server|--local|--format) ((i++)); continue ;;
      -*) continue ;;
    esac
    if [[ -z $path ]]; then
      path=$word
      [[ $path =~ ^({2})$ ]] || break
    else
      path="$path $word"
      break
    fi
  done
  case $path in
    '') COMPREPLY=($(compgen -W '{0} --help --version' -- "$cur")) ;;
{1}{3}  esac
}}
complete -F _roofscape roofscape
)",
                     fmt::join(first, " "), groups, names, cases);
}

}  // namespace roofscape::client
