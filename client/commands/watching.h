// How `explore` and `exploration watch` show an exploration that runs.
#pragma once

#include <string>

#include "client/session.h"

namespace roofscape::client {

// Progress on standard error (or one event a line on standard output, with --format json and `print_events`) until the
// exploration rests. Says how it ended; Ctrl-C detaches and says how to go on.
Result<ExitCode> watch_exploration(Session& session, const std::string& name, bool print_events,
                                   std::int64_t after_sequence = 0);

}  // namespace roofscape::client
