// Bash completion, written from the commands' own data.
#pragma once

#include <span>
#include <string>

#include "client/command.h"

namespace roofscape::client {

// A script for `source` or /etc/bash_completion.d. Names of stored things come from `roofscape complete`, which asks a
// running server and never starts one.
std::string bash_completion(std::span<const CommandSpec> commands);

}  // namespace roofscape::client
