// The whole program but for the process around it: words in, exit status out. Tests call this.
#pragma once

#include <string>
#include <vector>

#include "client/console/console.h"

namespace roofscape::client {

int run(const std::vector<std::string>& words, Console& console);

}  // namespace roofscape::client
