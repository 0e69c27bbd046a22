// The command line of roofscaped: its flags are the settings, and a few of its own.
//
//   CommandLine line;
//   RS_TRY(parse_command_line(argc, argv, &line));       // reads the --config file too; flags win over it
#pragma once

#include <string>

#include "analytics/base/status.h"
#include "server/settings.h"

namespace roofscape::server {

struct CommandLine {
  Settings settings;
  bool help = false;
  bool version = false;
};

Result<CommandLine> parse_command_line(int argc, const char* const* argv);

// What --help prints: every setting with its default, the exit codes and an example.
std::string help_text();

// How roofscaped ends.
enum ExitCode : int {
  kExitDone = 0,             // told to end, or idle for long enough
  kExitUsage = 2,            // a flag or the configuration file is wrong
  kExitAddress = 3,          // the address is in use, not allowed or not this machine's
  kExitDataFolder = 4,       // the data folder cannot be read or written, or is damaged
  kExitDataFolderInUse = 5,  // another daemon owns the data folder
  kExitInternal = 70,        // a fault inside Roofscape
};

}  // namespace roofscape::server
