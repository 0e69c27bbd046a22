// A console for tests: streams in memory, and a clock that a test turns by hand.
#pragma once

#include <sstream>
#include <string>

#include "client/console/console.h"

namespace roofscape::client {

struct TestConsole {
  std::ostringstream out, err;
  double now = 0;
  Console console{out, err};
  TestConsole() {
    console.clock_seconds = [this] { return now; };
  }
};

}  // namespace roofscape::client
