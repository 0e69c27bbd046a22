// docs/cli.md, written from the commands' own data.
#pragma once

#include <span>
#include <string>

#include "client/command.h"

namespace roofscape::client {

std::string reference_page(std::span<const CommandSpec> commands);

}  // namespace roofscape::client
