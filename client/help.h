// --help, written from the commands' own data.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "client/command.h"

namespace roofscape::client {

// One command: usage, text, arguments, options, examples; at most 100 columns.
std::string help_of(const CommandSpec& command);
// Every command with its summary; with a topic ("model"), only those under it.
std::string overview(std::span<const CommandSpec> commands, std::string_view topic);

}  // namespace roofscape::client
